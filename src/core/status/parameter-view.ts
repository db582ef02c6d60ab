// Parameters as people see them: contracts, dollars and times as strings, as they came in.

import { formatIso } from '../record/tape.ts'
import { LIMITS_TABLE, type Spec, STRATEGY_TABLE } from '../vocabulary/parameter-table.ts'
import type { Parameters } from '../vocabulary/parameters.ts'
import { formatPrice, formatQuantity, type Millis } from '../vocabulary/units.ts'

/** Parameters as the control API shows them: contracts, dollars and times as strings. */
export const showParameters = ({
  strategy,
  limits,
}: Parameters): { strategy: Record<string, unknown>; limits: Record<string, unknown> } => {
  const shown = (
    table: Readonly<Record<string, Spec>>,
    values: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> => {
    const out: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(values)) out[key] = showValue(table[key], value)
    return out
  }
  return {
    strategy: shown(STRATEGY_TABLE, { ...strategy }),
    limits: shown(LIMITS_TABLE, { ...limits }),
  }
}

const showValue = (spec: Spec | undefined, value: unknown): unknown => {
  if (value === null || spec === undefined) return value
  switch (spec.kind) {
    case 'contracts':
      return formatQuantity(value as number)
    case 'dollars':
      return formatPrice(value as number)
    case 'time':
      return formatIso(value as Millis)
    case 'times':
      return (value as readonly unknown[]).map((at) => formatIso(at as Millis))
    default:
      return value
  }
}
