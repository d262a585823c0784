/** Says that nothing on the page is real. */
export function DemoMark() {
  return (
    <p className="inline-flex h-6 items-center rounded-full border border-near/40 bg-near-soft px-2.5 text-xs font-medium whitespace-nowrap text-near">
      Demo data
    </p>
  );
}
