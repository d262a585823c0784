"use client";

/** The last resort, when not even the frame of the pages could be drawn: it brings its own document and styles. */
export function FailedDocument({ retry }: { retry: () => void }) {
  return (
    <html lang="en">
      <body
        style={{
          colorScheme: "light dark",
          fontFamily: "system-ui, sans-serif",
          padding: "3rem 1.5rem",
          maxWidth: "34rem",
          margin: "0 auto",
        }}
      >
        <title>The portal could not be shown</title>
        <main>
          <h1 style={{ fontSize: "1.25rem" }}>The portal could not be shown</h1>
          <p>
            Something went wrong. Your agents are not affected. Try again; if it stays so, look into the portal's log.
          </p>
          <button type="button" onClick={retry} style={{ font: "inherit", padding: "0.5rem 1rem" }}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
