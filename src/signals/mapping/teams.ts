// Pairs our venue's team codes with full team names, with dates, because codes drift between
// seasons.
//
// As seen by October 2026. A missing code is not guessed: its tickers cannot be verified. The Rams
// were LA until the 2026 season and are LAR since.

import type { Millis } from '../../core/vocabulary/units.ts'

export type League = 'mlb' | 'nfl' | 'nba' | 'wnba'

export interface Team {
  readonly code: string
  readonly name: string
  /** First and last instant at which the code was used; absent for no limit known. */
  readonly from?: Millis
  readonly until?: Millis
}

const RAMS_RENAMED = Date.UTC(2026, 2, 1)

const read = (text: string): Team[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [code = '', ...words] = line.trim().split(' ')
      return { code, name: words.join(' ') }
    })

const MLB = read(`
ATH Athletics
ATL Atlanta Braves
AZ Arizona Diamondbacks
BAL Baltimore Orioles
BOS Boston Red Sox
CHC Chicago Cubs
CIN Cincinnati Reds
CLE Cleveland Guardians
COL Colorado Rockies
CWS Chicago White Sox
DET Detroit Tigers
HOU Houston Astros
KC Kansas City Royals
LAA Los Angeles Angels
LAD Los Angeles Dodgers
MIA Miami Marlins
MIL Milwaukee Brewers
MIN Minnesota Twins
NYM New York Mets
NYY New York Yankees
PHI Philadelphia Phillies
PIT Pittsburgh Pirates
SD San Diego Padres
SEA Seattle Mariners
SF San Francisco Giants
STL St. Louis Cardinals
TB Tampa Bay Rays
TEX Texas Rangers
TOR Toronto Blue Jays
WSH Washington Nationals`)

const NFL = [
  ...read(`
ARI Arizona Cardinals
ATL Atlanta Falcons
BAL Baltimore Ravens
BUF Buffalo Bills
CAR Carolina Panthers
CHI Chicago Bears
CIN Cincinnati Bengals
CLE Cleveland Browns
DAL Dallas Cowboys
DEN Denver Broncos
DET Detroit Lions
GB Green Bay Packers
HOU Houston Texans
IND Indianapolis Colts
JAC Jacksonville Jaguars
KC Kansas City Chiefs
LAC Los Angeles Chargers
LV Las Vegas Raiders
MIA Miami Dolphins
MIN Minnesota Vikings
NE New England Patriots
NO New Orleans Saints
NYG New York Giants
NYJ New York Jets
PHI Philadelphia Eagles
PIT Pittsburgh Steelers
SEA Seattle Seahawks
SF San Francisco 49ers
TB Tampa Bay Buccaneers
TEN Tennessee Titans
WAS Washington Commanders`),
  { code: 'LA', name: 'Los Angeles Rams', until: RAMS_RENAMED },
  { code: 'LAR', name: 'Los Angeles Rams', from: RAMS_RENAMED },
]

const NBA = read(`
ATL Atlanta Hawks
BKN Brooklyn Nets
BOS Boston Celtics
CHA Charlotte Hornets
CHI Chicago Bulls
CLE Cleveland Cavaliers
DAL Dallas Mavericks
DEN Denver Nuggets
DET Detroit Pistons
GSW Golden State Warriors
HOU Houston Rockets
IND Indiana Pacers
LAC Los Angeles Clippers
LAL Los Angeles Lakers
MEM Memphis Grizzlies
MIA Miami Heat
MIL Milwaukee Bucks
MIN Minnesota Timberwolves
NOP New Orleans Pelicans
NYK New York Knicks
OKC Oklahoma City Thunder
ORL Orlando Magic
PHI Philadelphia 76ers
PHX Phoenix Suns
POR Portland Trail Blazers
SAC Sacramento Kings
SAS San Antonio Spurs
TOR Toronto Raptors
UTA Utah Jazz
WAS Washington Wizards`)

const WNBA = read(`
ATL Atlanta Dream
CHI Chicago Sky
CONN Connecticut Sun
DAL Dallas Wings
GS Golden State Valkyries
IND Indiana Fever
LA Los Angeles Sparks
LV Las Vegas Aces
MIN Minnesota Lynx
NY New York Liberty
PDX Portland Fire
PHX Phoenix Mercury
SEA Seattle Storm
TOR Toronto Tempo
WSH Washington Mystics`)

const TABLES: Readonly<Record<League, readonly Team[]>> = {
  mlb: MLB,
  nfl: NFL,
  nba: NBA,
  wnba: WNBA,
}

/** The teams whose codes were in use at `at`. */
export const teamsAt = (league: League, at: Millis): readonly Team[] =>
  TABLES[league].filter(
    ({ from, until }) => (from === undefined || at >= from) && (until === undefined || at < until),
  )

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9 ]/g, '')
    .trim()

/**
 * The one team that an external name means: its full name, or the end of it when only one team ends
 * so ('Rockies', but not 'Sox'). null when none or more than one fits.
 */
export const teamNamed = (league: League, name: string, at: Millis): Team | null => {
  const wanted = plain(name)
  if (wanted === '') return null
  const teams = teamsAt(league, at)
  const exact = teams.filter((team) => plain(team.name) === wanted)
  const found = exact.length > 0 ? exact : teams.filter((t) => plain(t.name).endsWith(` ${wanted}`))
  return found.length === 1 ? found[0]! : null
}

/** Every way to split two joined codes ('COLSTL') into two different teams. */
export const splitPair = (league: League, pair: string, at: Millis): readonly [Team, Team][] => {
  const teams = teamsAt(league, at)
  const ways: [Team, Team][] = []
  for (const first of teams) {
    if (!pair.startsWith(first.code)) continue
    for (const second of teams) {
      if (first !== second && first.code + second.code === pair) ways.push([first, second])
    }
  }
  return ways
}
