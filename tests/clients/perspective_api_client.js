"use strict";
// npm perspective-api-client, as published: what it gets, as JSON. HEED_URL and HEED_KEY say where.
const { redirect } = require("./redirect");
const Perspective = redirect("perspective-api-client", process.env.HEED_URL);

async function told(promise) {
  try {
    return { answer: await promise };
  } catch (error) {
    return { name: error.name, message: error.message, status: error.response && error.response.status, body: error.response && error.response.data };
  }
}

async function main() {
  const client = new Perspective({ apiKey: process.env.HEED_KEY });
  const stranger = new Perspective({ apiKey: "a key that nobody gave out" });
  const options = { validate: false, stripHTML: false };
  console.log(JSON.stringify({
    plain: await told(client.analyze("You are a wonderful person.")),
    several: await told(client.analyze("You are a <b>wonderful</b> person.", { attributes: ["toxicity", "insult", "threat"] })),
    whole_request: await told(client.analyze({
      comment: { text: "Good morning. You are an idiot." }, requestedAttributes: { TOXICITY: {} }, spanAnnotations: true, languages: ["en"], clientToken: "t1",
    })),
    unknown_attribute: await told(client.analyze("Good morning", { attributes: ["FLIRTATION"] })),
    empty: await told(client.analyze("", options)),
    too_long: await told(client.analyze("a".repeat(20481), options)),
    longest: await told(client.analyze("good morning ".repeat(1575) + "hello", options)),
    italian: await told(client.analyze({ comment: { text: "Buongiorno a tutti" }, requestedAttributes: { TOXICITY: {} }, languages: ["it"] })),
    stranger: await told(stranger.analyze("Good morning")),
  }));
}
main();
