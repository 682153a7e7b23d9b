package spent

import "time"

// Amount is what was used of a model, or what may be.
type Amount struct {
	Calls  int64 `json:"calls"`
	Tokens int64 `json:"tokens"`
}

// Minus returns what undoes the amount.
func (a Amount) Minus() Amount { return Amount{-a.Calls, -a.Tokens} }

// Scope says whose use a ceiling bounds.
type Scope string

// The scopes, the narrowest first. An address is a block, as chat.Event.Source has it, and
// a subnet and a network are what stands above it there.
const (
	Chat    Scope = "chat"
	Address Scope = "address"
	Subnet  Scope = "subnet"  // an IPv6 /56
	Network Scope = "network" // an IPv6 /48, an IPv4 /24
	Day     Scope = "day"     // everybody together
)

// Scopes are all scopes, the narrowest first.
var Scopes = []Scope{Chat, Address, Subnet, Network, Day}

// Today returns the name of the day, in UTC, that what is spent at that time counts for:
// 20261129.
func Today(now time.Time) string { return now.UTC().Format("20060102") }

// Tomorrow returns when the next day begins.
func Tomorrow(now time.Time) time.Time {
	return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
}

// Estimate is about how many tokens a text of that many bytes has: one for four bytes,
// which is right for English and too much rather than too little for most other languages,
// whose characters take two or three.
func Estimate(bytes int) int64 { return int64(bytes+3) / 4 }
