// The TypeScript client, made from docs/reference/openapi.json: a type per schema, a function per operation. What holds
// for all calls (credentials, problems, retries, streams) is client/http.ts.
const name_of = (ref) => ref.slice(ref.lastIndexOf("/") + 1);
const camel = (id) => id.replace(/^(\w+?)_v1_/, "$1_").replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
const quoted = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));

export function type_of(schema, pad = "") {
  if (!schema || Object.keys(schema).length === 0 || schema === true) return "unknown";
  if (schema.$ref) return name_of(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map((s) => type_of(s, pad)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => type_of({ ...schema, type }, pad)).join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return `Array<${type_of(schema.items, pad)}>`;
    case "object": {
      const must = new Set(schema.required ?? []);
      const inner = pad + "  ";
      const fields = Object.entries(schema.properties ?? {}).map(
        ([name, s]) => `${inner}${quoted(name)}${must.has(name) ? "" : "?"}: ${type_of(s, inner)};\n`,
      );
      const more = schema.additionalProperties;
      if (more && typeof more === "object") return `Record<string, ${type_of(more, pad)}>`;
      if (fields.length === 0) return more === false ? "Record<string, never>" : "Record<string, unknown>";
      return `{\n${fields.join("")}${pad}}`;
    }
    default:
      return "unknown";
  }
}

function operation(path, method, op) {
  const json = (content) => content?.["application/json"]?.schema;
  const in_path = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
  const query = (op.parameters ?? []).filter((p) => p.in === "query");
  const body = json(op.requestBody?.content);
  if (op.requestBody && !body) return ""; // NDJSON streams and forms are no calls of this kind
  const good = Object.entries(op.responses).find(([status]) => status.startsWith("2"));
  const answer = json(good?.[1].content);
  if (!answer && good?.[0] !== "204") return "";
  const parameters = ["http: Http", ...in_path.map((name) => `${name}: string`)];
  if (body) parameters.push(`body: ${type_of(body, "")}`);
  if (query.length) {
    const fields = query.map((p) => `${quoted(p.name)}${p.required ? "" : "?"}: ${type_of(p.schema)}`).join("; ");
    parameters.push(`query: { ${fields} }${query.some((p) => p.required) ? "" : " = {}"}`);
  }
  parameters.push("options: CallOptions = {}");
  const target = "`" + path.replace(/\{(\w+)\}/g, "${encodeURIComponent($1)}") + "`";
  const sent = [body ? "body" : "", query.length ? "query" : "", "...options"].filter(Boolean).join(", ");
  return (
    `/** ${op.summary ?? ""} ${op.description ?? ""} */\n` +
    `export const ${camel(op.operationId)} = (${parameters.join(", ")}): Promise<${answer ? type_of(answer) : "void"}> =>\n` +
    `  http.call("${method.toUpperCase()}", ${target}, { ${sent} });\n`
  );
}

export function make_client(document) {
  let out = "// Made from docs/reference/openapi.json by web/scripts/make_client.mjs; do not edit.\n";
  out += 'import type { CallOptions, Http } from "heed-http";\n\n';
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    out += `export type ${name} = ${type_of(schema)};\n\n`;
  }
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      const text = operation(path, method, op);
      if (text) out += text + "\n";
    }
  }
  return out;
}
