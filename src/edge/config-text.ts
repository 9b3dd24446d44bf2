import text from "../../workers/edge.yml";

/** What the operator has written into `edge.yml`, as it was deployed with the Worker. */
export const configText: string = text;
