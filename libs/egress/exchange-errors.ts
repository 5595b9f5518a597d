/** The registry would not ask. */
export class NotAsked extends Error {}

/** The other side was asked, in vain. */
export class Failed extends Error {}

/** The server closed an idle connection just when it was used again: that says nothing about its health. */
export class StaleConnection extends Failed {}
