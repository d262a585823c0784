import type { ComponentProps } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";

/** Nothing an agent writes is run or loaded: HTML stays text, pictures are named, links open elsewhere. */
const COMPONENTS: ComponentProps<typeof ReactMarkdown>["components"] = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="link">
      {children}
    </a>
  ),
  img: ({ alt }) => <span className="text-ink-muted">[picture: {alt === "" ? "without a name" : alt}]</span>,
  pre: ({ children }) => (
    <ScrollBox label="Code" className="rounded-md border bg-sunken px-3 py-2.5">
      <pre className="font-mono text-xs leading-5">{children}</pre>
    </ScrollBox>
  ),
  table: ({ children }) => (
    <ScrollBox label="Table">
      <table className="w-max text-sm [&_td]:border [&_td]:px-2.5 [&_td]:py-1 [&_th]:border [&_th]:bg-sunken [&_th]:px-2.5 [&_th]:py-1 [&_th]:text-left">
        {children}
      </table>
    </ScrollBox>
  ),
};

const TEXT =
  "grid grid-cols-[minmax(0,1fr)] gap-2.5 text-base wrap-anywhere [&_:not(pre)>code]:rounded-sm [&_:not(pre)>code]:bg-sunken [&_:not(pre)>code]:px-1 [&_:not(pre)>code]:font-mono [&_:not(pre)>code]:text-sm [&_blockquote]:border-l-2 [&_blockquote]:pl-3 [&_blockquote]:text-ink-muted [&_h1]:text-lg [&_h1]:font-semibold [&_h2]:font-semibold [&_h3]:font-semibold [&_h4]:font-semibold [&_li]:my-0.5 [&_ol]:list-decimal [&_ol]:pl-5 [&_ul]:list-disc [&_ul]:pl-5";

/** An agent's words, as Markdown. Whole paragraphs; half-finished ones are shown as far as they go. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={TEXT}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
