"use strict";
// npm @conversationai/perspectiveapi-js-client, as published: what it gets, as JSON. HEED_URL and HEED_KEY say where.
const { redirect } = require("./redirect");
const { Client } = redirect("@conversationai/perspectiveapi-js-client", process.env.HEED_URL);

async function told(promise) {
  try {
    return { answer: await promise };
  } catch (error) {
    return { message: String(error.message) };
  }
}

async function main() {
  const client = new Client(process.env.HEED_KEY);
  console.log(JSON.stringify({
    scores: await told(client.getScores("You are a wonderful person.", { attributes: ["TOXICITY", "INSULT", "SEXUALLY_EXPLICIT"] })),
    defaults: await told(client.getScores("You are a wonderful person.")),  // it asks for SPAM, which is not served
    context: await told(client.getScores("Good morning", { attributes: ["THREAT"], context: { entries: [{ text: "an article", type: "PLAIN_TEXT" }] } })),
    stranger: await told(new Client("a key that nobody gave out").getScores("Good morning", { attributes: ["TOXICITY"] })),
  }));
}
main();
