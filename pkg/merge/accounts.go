package merge

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/rights"
)

// Changes count how often parts of an account were changed. Each part is merged by its own
// count: whatever else is changed in one region takes back nothing that was changed in another.
type Changes struct {
	Name     uint64 `json:"name,omitempty"`
	Role     uint64 `json:"role,omitempty"`
	Disabled uint64 `json:"disabled,omitempty"`
	Invite   uint64 `json:"invite,omitempty"` // made, replaced, withdrawn
	Reset    uint64 `json:"reset,omitempty"`  // the same of a link for a new password
}

const (
	// SessionIdle is how long a session lasts without being used. When it was used longer ago, nobody
	// needs to know it any more.
	SessionIdle = 12 * time.Hour
	// MaxUsed is of how many sessions an account remembers when they were used; of more, of those used
	// last.
	MaxUsed = 64
	// MaxOperators is how many values of ADMIN_PASSWORD an account remembers, those that acted last.
	// Each costs a hash when a gateway starts.
	MaxOperators = 8
)

// account is what the rule knows of the record of package accounts. What it doesn't know is
// kept, see rest.
type account struct {
	Name      string               `json:"name"`
	Unnamed   bool                 `json:"unnamed,omitempty"`
	Role      string               `json:"role"`
	Hash      string               `json:"hash"`
	Passwords map[string]uint64    `json:"passwords,omitempty"`
	Disabled  bool                 `json:"disabled,omitempty"`
	Version   uint64               `json:"version"`
	Edition   uint64               `json:"edition"`
	SignedOut map[string]time.Time `json:"signed_out,omitempty"`
	Operators map[string]uint64    `json:"acted,omitempty"`
	Invite    *link                `json:"invite,omitempty"`
	Withdrawn bool                 `json:"withdrawn,omitempty"`
	Reset     *link                `json:"reset,omitempty"`
	Used      map[string]time.Time `json:"used,omitempty"`
	Changes   Changes              `json:"changes,omitzero"`
}

// Accounts merges two records of one account. No clock decides, and what takes rights away does
// not get lost:
//   - the name, the role, and whether it is disabled are each those that were changed more
//     often; at equal counts disabled stays disabled, and of two roles the account has the one that may
//     do less;
//   - the password is the one that was set by somebody who knew of the other one. Of two that were
//     set without knowing of each other none counts, however often it was set: one of them may be
//     a thief's;
//   - the invite and the link for a new password are each those that were changed more often. At
//     equal counts none of two different ones works, and what was taken back stays so;
//   - of the sessions that were ended, and of when they were used, the account has those of both
//     sides at the higher version, which grows with whatever ends all sessions;
//   - a value of ADMIN_PASSWORD that acted on either side acts no more.
func Accounts(a, b json.RawMessage, now time.Time) (json.RawMessage, error) {
	x, y, err := both[account](a, b)
	if err != nil {
		return nil, err
	}
	rest, err := restOf(a, b, x.Edition, y.Edition)
	if err != nil {
		return nil, err
	}
	m := account{Edition: max(x.Edition, y.Edition), Version: max(x.Version, y.Version)}
	m.Name, m.Unnamed = named(x, y)
	m.Role, m.Disabled = allowed(x, y)
	m.Hash, m.Passwords = password(x, y)
	m.Invite, m.Withdrawn = invited(x, y)
	m.Reset = links(x.Reset, y.Reset, cmp.Compare(x.Changes.Reset, y.Changes.Reset))
	m.Changes = Changes{
		Name: max(x.Changes.Name, y.Changes.Name), Role: max(x.Changes.Role, y.Changes.Role), Disabled: max(x.Changes.Disabled, y.Changes.Disabled),
		Invite: max(x.Changes.Invite, y.Changes.Invite), Reset: max(x.Changes.Reset, y.Changes.Reset),
	}
	for _, one := range []account{x, y} {
		if one.Version < m.Version {
			continue // all its sessions have ended
		}
		m.SignedOut = union(m.SignedOut, one.SignedOut, now)
		m.Used = newest(union(m.Used, one.Used, now.Add(-SessionIdle)))
	}
	m.Operators = lastActed(x.Operators, y.Operators)
	known, err := json.Marshal(m)
	if err != nil {
		return nil, unread(err)
	}
	// Encoded by name, so that both regions have the same bytes.
	if err := json.Unmarshal(known, &rest); err != nil {
		return nil, unread(err)
	}
	return json.Marshal(rest)
}

// named returns the name that was given more often; of equal ones any, but one that somebody
// chose before one that was made up.
func named(x, y account) (name string, unnamed bool) {
	chosen := func(a account) int {
		if a.Unnamed {
			return 0
		}
		return 1
	}
	if cmp.Or(cmp.Compare(x.Changes.Name, y.Changes.Name), chosen(x)-chosen(y), strings.Compare(x.Name, y.Name)) >= 0 {
		return x.Name, x.Unnamed
	}
	return y.Name, y.Unnamed
}

// allowed returns what the account may do.
func allowed(x, y account) (role string, disabled bool) {
	rank := func(a account) int { // the more it may do, the lower
		return -slices.Index(rights.Roles, rights.Role(a.Role))
	}
	role, disabled = y.Role, y.Disabled
	if cmp.Or(cmp.Compare(x.Changes.Role, y.Changes.Role), rank(x)-rank(y), strings.Compare(x.Role, y.Role)) >= 0 {
		role = x.Role
	}
	switch {
	case x.Changes.Disabled > y.Changes.Disabled:
		disabled = x.Disabled
	case x.Changes.Disabled == y.Changes.Disabled:
		disabled = x.Disabled || y.Disabled
	}
	return role, disabled
}

// union has the entries of both, the later of two with one key, but none from before that time.
func union(x, y map[string]time.Time, since time.Time) map[string]time.Time {
	all := map[string]time.Time{}
	for _, one := range []map[string]time.Time{x, y} {
		for key, at := range one {
			if at = at.UTC(); at.After(since) && at.After(all[key]) {
				all[key] = at
			}
		}
	}
	return all
}

// newest keeps what the account remembers of many sessions.
func newest(used map[string]time.Time) map[string]time.Time {
	if len(used) <= MaxUsed {
		return used
	}
	byTime := slices.SortedFunc(maps.Keys(used), func(a, b string) int { return cmp.Or(used[b].Compare(used[a]), cmp.Compare(a, b)) })
	for _, session := range byTime[MaxUsed:] {
		delete(used, session)
	}
	return used
}

// lastActed has the values of both that acted last.
func lastActed(x, y map[string]uint64) map[string]uint64 {
	all := map[string]uint64{}
	for _, one := range []map[string]uint64{x, y} {
		for value, n := range one {
			all[value] = max(all[value], n)
		}
	}
	TrimOperators(all)
	return all
}

// TrimOperators forgets those values of ADMIN_PASSWORD that acted first, of more than MaxOperators.
func TrimOperators(acted map[string]uint64) {
	if len(acted) <= MaxOperators {
		return
	}
	first := slices.SortedFunc(maps.Keys(acted), func(a, b string) int { return cmp.Or(cmp.Compare(acted[a], acted[b]), cmp.Compare(a, b)) })
	for _, value := range first[:len(acted)-MaxOperators] {
		delete(acted, value)
	}
}

// restOf returns the fields that the rule does not know, of the record that was changed more often.
func restOf(a, b json.RawMessage, editionA, editionB uint64) (map[string]json.RawMessage, error) {
	x, y, err := both[map[string]json.RawMessage](a, b)
	if err != nil {
		return nil, err
	}
	for _, field := range knownFields {
		delete(x, field)
		delete(y, field)
	}
	plainX, plainY, err := bothPlain(x, y)
	if err != nil {
		return nil, err
	}
	if cmp.Or(cmp.Compare(editionA, editionB), bytes.Compare(plainX, plainY)) >= 0 {
		return maps.Clone(x), nil
	}
	return maps.Clone(y), nil
}

// knownFields are those of account.
var knownFields = []string{"name", "unnamed", "role", "hash", "passwords", "disabled", "version", "edition", "signed_out", "acted", "invite", "withdrawn", "reset", "used", "changes"}

// AccountFields are the fields of an account that have a rule of their own.
func AccountFields() []string { return slices.Clone(knownFields) }
