/** The way to go on without the server. */

const CONTROL_MS = 5000; // until the service worker keeps what is fetched

/** Have a service worker keep what is fetched of a site, where the browser lets it. */
export async function keepOffline(address) {
  const workers = navigator.serviceWorker;
  if (!workers) return; // as on pages that come neither by HTTPS nor from this machine
  await workers.register(new URL("offline.js", address)).catch(() => {});
  if (workers.controller) return;
  await new Promise((resolve) => {
    workers.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, CONTROL_MS);
  });
}
