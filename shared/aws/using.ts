interface Destroyable {
  destroy(): void;
}

/** Closes the connections when the work is done, however it ends. */
export async function using<Clients extends Readonly<Record<string, Destroyable>>, T>(
  clients: Clients,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  try {
    return await work(clients);
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
