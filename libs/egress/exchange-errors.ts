/** The registry would not ask. */
export class NotAsked extends Error {}

/** The request was sent and failed. */
export class Failed extends Error {}

/** The server closed an idle connection just when it was used again: that says nothing about its health. */
export class StaleConnection extends Failed {}
