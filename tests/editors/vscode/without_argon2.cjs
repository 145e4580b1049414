// argon2 would have to be compiled, is loaded at the start, and serves only log-ins with a password.
const Module = require('node:module');
const load = Module._load;
Module._load = function (request, ...rest) {
  return request === 'argon2' ? {} : load.call(this, request, ...rest);
};
