#!/usr/bin/node
// A Lambda runtime in few lines for Node.js, and its function, which does what its event says (see `Emulator.run`); with a file
// `app.js` beside it, its `handler` is the function.
"use strict";
const fs = require("fs");
const http = require("http");
const path = require("path");

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");

function call(method, name, body, headers) {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path: `/2018-06-01/runtime/${name}`, headers: headers || {} };
    const request = http.request(options, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve({ headers: answer.headers, text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function told(event) {
  if (event.log) console.log(event.log);
  await new Promise((resolve) => setTimeout(resolve, 1000 * (event.sleep_seconds || 0)));
  if (event.error) throw new Error(event.error);
  return event;
}

async function main() {
  const own = path.join(__dirname, "app.js");
  const handler = fs.existsSync(own) ? require(own).handler : told;
  for (;;) {
    const invocation = await call("GET", "invocation/next");
    const id = invocation.headers["lambda-runtime-aws-request-id"];
    try {
      const answer = await handler(JSON.parse(invocation.text), { awsRequestId: id });
      await call("POST", `invocation/${id}/response`, JSON.stringify(answer));
    } catch (error) {
      const failure = JSON.stringify({ errorMessage: error.message, errorType: error.name });
      await call("POST", `invocation/${id}/error`, failure, { "Lambda-Runtime-Function-Error-Type": "Function.Error" });
    }
  }
}

main();
