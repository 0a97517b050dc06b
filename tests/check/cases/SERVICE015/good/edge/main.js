export default { fetch: () => new Response("/health") };
