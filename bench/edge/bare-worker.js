/** The least that a Worker can do with a push: read the body and drop it. */
export default {
  async fetch(request) {
    await request.arrayBuffer();
    return new Response(null);
  },
};
