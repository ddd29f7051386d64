"use strict";
// Sends what a client with a constant address asks of Google to Heed instead: the client itself stays as it was published.
// An interceptor on the very axios that the client loads, which is its own copy or the shared one.
const GOOGLE = "https://commentanalyzer.googleapis.com";

function redirect(client, root) {
  const axios = require(require.resolve("axios", { paths: [require.resolve(client)] }));
  axios.interceptors.request.use((config) => {
    if (!config.url.startsWith(GOOGLE + "/")) {
      throw new Error("an address that was not expected: " + config.url);
    }
    return { ...config, url: root + config.url.slice(GOOGLE.length), proxy: false };
  });
  return require(client);
}

module.exports = { redirect };
