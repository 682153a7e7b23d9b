package spent

// Ceilings bound what may be spent in a day; 0: there is none. Networks have a multiple of
// an address's.
type Ceilings struct {
	Chat    Amount `json:"chat"`
	Address Amount `json:"address"`
	Day     Amount `json:"day"`
}

// Of returns the ceiling of a scope.
func (c Ceilings) Of(s Scope) Amount {
	switch s {
	case Chat:
		return c.Chat
	case Address, Subnet, Network:
		n := times[s]
		return Amount{n * c.Address.Calls, n * c.Address.Tokens}
	default:
		return c.Day
	}
}

// times is how many times an address's share each scope has, see chat.SourceTimes.
var times = map[Scope]int64{Address: 1, Subnet: 2, Network: 4}

const (
	// floorPart is the part of the day's ceiling that an address may have in any case: a
	// 250th, 200 calls by default.
	floorPart = 250
	// longCall is how many tokens one long call may need.
	longCall = 20_000
)

// Share returns what the scope may have spent at most while everybody has spent that much
// of the day: its ceiling, but of an address or a network no more than half of what is left
// (as desk.Line has it for places), or the floor, if that is more. So a few of them, each
// within its ceiling, can't use up the day. Where an address's ceiling is 0 or not below the
// day's, addresses are not told apart.
func (c Ceilings) Share(s Scope, day Amount) Amount {
	ceiling, n := c.Of(s), times[s]
	if n == 0 {
		return ceiling
	}
	return Amount{
		Calls:  share(ceiling.Calls, c.Day.Calls, day.Calls, n, 1),
		Tokens: share(ceiling.Tokens, c.Day.Tokens, day.Tokens, n, longCall),
	}
}

func share(ceiling, day, spent, times, least int64) int64 {
	if ceiling == 0 || day == 0 || ceiling/times >= day {
		return ceiling
	}
	return min(ceiling, max(times*max(least, day/floorPart), (day-spent)/2))
}

// Passed reports whether more than the ceiling was spent. What is spent includes the call
// that asks, so whoever asks with the ceiling's last call may have it.
func (ceiling Amount) Passed(spent Amount) bool {
	return ceiling.Calls > 0 && spent.Calls > ceiling.Calls || ceiling.Tokens > 0 && spent.Tokens > ceiling.Tokens
}

// Used returns the share of the ceiling that was spent, of calls or of tokens, whichever
// is larger: 1 is all of it. Without a ceiling it is 0.
func (ceiling Amount) Used(spent Amount) float64 {
	share := func(spent, most int64) float64 {
		if most <= 0 {
			return 0
		}
		return float64(spent) / float64(most)
	}
	return max(0, share(spent.Calls, ceiling.Calls), share(spent.Tokens, ceiling.Tokens))
}

const (
	// Near is the share of a ceiling from which an operator is told.
	Near = 0.8
	// Full is the share at which nothing is left. Tokens are counted in advance, so the
	// last part of them is smaller than a call: 99 of 100 is full.
	Full = 0.99
)

// Decide returns the narrowest scope whose share (see Share) is passed by what was spent,
// with the call that asks; none if the call may be made. What is not in spent is not counted.
func (c Ceilings) Decide(spent map[Scope]Amount) (passed Scope, any bool) {
	for _, scope := range Scopes {
		if s, counted := spent[scope]; counted && c.Share(scope, spent[Day]).Passed(s) {
			return scope, true
		}
	}
	return "", false
}
