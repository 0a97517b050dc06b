export default {
  fetch: (request, env) => env.MAIL_SERVICE.fetch(`${env.MAIL_SERVICE_URL}/v1/letters`, { method: "POST" }),
};
