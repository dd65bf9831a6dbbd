// Takes an order and logs it with pino; telemap counts what is in the log (mapping.yaml).
"use strict";
const pino = require("pino");

const log = pino({ base: undefined }); // without process id and host name, which say nothing in Lambda

exports.handler = async (event) => {
  const began = process.hrtime.bigint();
  const order = { currency: event.currency || "EUR", total: event.total };
  if (typeof order.total !== "number") {
    log.warn({ order }, "order refused");
    return { accepted: false };
  }
  log.info({ order, elapsedMs: Number(process.hrtime.bigint() - began) / 1e6 }, "order placed");
  return { accepted: true };
};
