package spent

// Ceilings bound what may be spent in a day; 0: there is none.
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
	case Address:
		return c.Address
	default:
		return c.Day
	}
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

// Decide returns the narrowest scope whose ceiling is passed by what was spent, with the
// call that asks; none if the call may be made. What is not in spent is not counted.
func (c Ceilings) Decide(spent map[Scope]Amount) (passed Scope, any bool) {
	for _, scope := range Scopes {
		if s, counted := spent[scope]; counted && c.Of(scope).Passed(s) {
			return scope, true
		}
	}
	return "", false
}
