import { classNames } from "#portal/ui/class-names.ts";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";

type HourHeatMapProps = {
  caption: string;
  days: readonly { name: string; cells: readonly { hour: number; level: number; text: string }[] }[];
};

/** The more an hour cost, the larger and the darker: size tells it to who sees no colours. */
const SQUARES: readonly string[] = [
  "size-0.5 bg-line-strong",
  "size-1/3 bg-chart/55",
  "size-1/2 bg-chart/70",
  "size-3/4 bg-chart/85",
  "size-full bg-chart",
];

/** Hours of the day across, days of the week down: a table, drawn as squares. */
export function HourHeatMap({ caption, days }: HourHeatMapProps) {
  return (
    <ScrollBox label={caption}>
      <table className="w-full table-fixed border-collapse text-xs text-ink-muted">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className="w-9 sm:w-20">
              <span className="sr-only">Day</span>
            </th>
            {Array.from({ length: 24 }, (_, hour) => hour).map((hour) => (
              <th key={hour} scope="col" className="relative h-5 p-0 text-left font-normal">
                <span className="sr-only">{hour}:00</span>
                {hour % 6 === 0 ? (
                  <span aria-hidden className="absolute left-0 top-0">
                    {String(hour).padStart(2, "0")}
                  </span>
                ) : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row" className="h-6 p-0 text-left font-normal">
                <span className="sm:hidden" aria-hidden>
                  {name.slice(0, 3)}
                </span>
                <span className="max-sm:sr-only">{name}</span>
              </th>
              {cells.map(({ hour, level, text }) => (
                <td key={hour} title={`${name} ${hour}:00: ${text}`} className="relative h-6 p-px">
                  <span className="sr-only">{text}</span>
                  <span aria-hidden className="grid h-full w-full place-items-center bg-sunken">
                    <span className={classNames("block rounded-[1px]", SQUARES[level])} />
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

type HourTableProps = { caption: string; hours: readonly { key: string; name: string; cost: string; calls: string }[] };

/** The same in figures, the dearest first. */
export function HourTable({ caption, hours }: HourTableProps) {
  return (
    <DataTable caption={caption}>
      <thead>
        <tr>
          <HeadCell>Hour of the week</HeadCell>
          <HeadCell isNumeric>Calls</HeadCell>
          <HeadCell isNumeric>Cost</HeadCell>
        </tr>
      </thead>
      <tbody>
        {hours.map(({ key, name, cost, calls }) => (
          <Row key={key}>
            <RowHead>{name}</RowHead>
            <Cell isNumeric className="text-ink-muted">
              {calls}
            </Cell>
            <Cell isNumeric className="font-medium">
              {cost}
            </Cell>
          </Row>
        ))}
      </tbody>
    </DataTable>
  );
}
