"use strict";
// npm openai, as published, with another base URL: what it gets, as JSON. HEED_URL and HEED_KEY say where.
const OpenAI = require("openai");

async function told(promise) {
  try {
    return { answer: await promise };
  } catch (error) {
    return { kind: error.constructor.name, status: error.status, code: error.code, param: error.param, type: error.type, message: error.message };
  }
}

async function main() {
  const options = { apiKey: process.env.HEED_KEY, baseURL: process.env.HEED_URL + "/v1", maxRetries: 0 };
  const client = new OpenAI(options);
  const ask = (input) => told(client.moderations.create({ model: "omni-moderation-latest", input }));
  const many = await ask(new Array(10000).fill("Good morning everyone"));
  console.log(JSON.stringify({
    one: await ask("You are a wonderful person."),
    two: await ask(["You are a wonderful person.", "You are an idiot."]),
    parts: await ask([{ type: "text", text: "Good morning" }, { type: "text", text: "everyone" }]),
    image: await ask([{ type: "text", text: "Good morning" }, { type: "image_url", image_url: { url: "https://example.org/picture.png" } }]),
    empty: await ask(""),
    none: await ask([]),
    many: { results: many.answer ? many.answer.results.length : many },
    too_many: await ask(new Array(10001).fill("a")),
    stranger: await told(new OpenAI({ ...options, apiKey: "a key that nobody gave out" }).moderations.create({ input: "Good morning" })),
  }));
}
main();
