package merge

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/mentions"
	"github.com/parley-chat/parley/pkg/rights"
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// few draws from few values, so that two records often have the same.
func few[T any](t *rapid.T, what string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, what)
}

func count(t *rapid.T, what string) uint64 { return rapid.Uint64Range(0, 2).Draw(t, what) }

func times(t *rapid.T, what string) map[string]time.Time {
	return rapid.MapOfN(rapid.SampledFrom([]string{"s1", "s2"}), rapid.SampledFrom([]time.Time{now.Add(-time.Hour), now.Add(time.Hour), now.Add(2 * time.Hour)}), 0, 2).Draw(t, what)
}

func encode(t interface{ Fatal(...any) }, v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// passwords are those that an account can have had: eu set "e1" and then "e2"; ap set "a1" when it
// knew of e1, and not of e2; eu set "e3" when it knew of all, and ap "a2" then.
var passwords = []struct {
	in   map[string]uint64
	hash string
}{
	{}, {map[string]uint64{"eu": 1}, "e1"}, {map[string]uint64{"eu": 2}, "e2"}, {map[string]uint64{"eu": 1, "ap": 1}, "a1"},
	{map[string]uint64{"eu": 2, "ap": 1}, ""}, {map[string]uint64{"eu": 3, "ap": 1}, "e3"}, {map[string]uint64{"eu": 3, "ap": 2}, "a2"},
}

func someLink(t *rapid.T) *link {
	return &link{Hash: few(t, "secret", []byte("a"), []byte("b")), Expires: few(t, "expires", now, now.Add(time.Hour)), By: few(t, "by", "ann", "bob"), Used: few(t, "used link", true, false), For: count(t, "for")}
}

// some are records of each kind.
var some = map[string]func(*rapid.T) json.RawMessage{
	"agents": func(t *rapid.T) json.RawMessage {
		a := account{
			Name: few(t, "name", "Ann", "Anna"), Unnamed: few(t, "unnamed", true, false), Role: few(t, "role", "admin", "supervisor", "agent", "reader", "later"), Hash: few(t, "hash", "", "h1", "h2"),
			Disabled: few(t, "disabled", true, false), Version: count(t, "version"), Edition: count(t, "edition"), SignedOut: times(t, "signed out"), Used: times(t, "used"),
			Operators: rapid.MapOfN(rapid.StringMatching("o[0-9]"), rapid.Uint64Range(1, 12), 0, MaxOperators).Draw(t, "operators"),
			Changes:   Changes{Name: count(t, "names"), Role: count(t, "roles"), Disabled: count(t, "disablings"), Invite: count(t, "invites"), Reset: count(t, "resets")},
		}
		if set := few(t, "passwords", passwords...); len(set.in) > 0 {
			a.Hash, a.Passwords = set.hash, set.in
		}
		if few(t, "invited", true, false) {
			a.Invite = someLink(t)
		}
		if few(t, "resetting", true, false) {
			a.Reset = someLink(t)
		}
		a.Withdrawn = few(t, "withdrawn", true, false)
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(encode(t, a), &fields)
		fields["user"], fields["created"] = json.RawMessage(`"ann"`), encode(t, few(t, "created", now, now.Add(time.Second)))
		if few(t, "later version", true, false) {
			fields["hue"] = encode(t, few(t, "hue", 1, 2))
		}
		return encode(t, fields)
	},
	"site": func(t *rapid.T) json.RawMessage {
		return encode(t, map[string]any{"revision": count(t, "revision"), "at": few(t, "at", now, now.Add(time.Second)), "settings": map[string]string{"bot": few(t, "bot", "A", "B")}})
	},
	"mentions": func(t *rapid.T) json.RawMessage {
		r := mentions.Record{Revision: count(t, "revision"), At: now}
		for range few(t, "mentions", 0, 1, 2) {
			r = r.With(mentions.Mention{Chat: few[chat.ID](t, "chat", "a", "b"), Seq: count(t, "seq"), By: few(t, "by", "ann", "bob"), At: few(t, "at", now, now.Add(time.Second))})
		}
		for range few(t, "seen", 0, 1, 2) {
			r = r.Without(few[chat.ID](t, "chat", "a", "b"), count(t, "seq"), few(t, "at", now, now.Add(time.Second)))
		}
		return encode(t, r)
	},
	"revoked": func(t *rapid.T) json.RawMessage {
		return encode(t, map[string]any{"at": few(t, "at", now, now.Add(time.Second)), "why": few(t, "why", "A", "B")})
	},
	"visitors": func(t *rapid.T) json.RawMessage {
		v := map[string]any{"chat": few(t, "chat", "aaaaaaaaaaaaaaaaeu", "bbbbbbbbbbbbbbbbap"), "created": few(t, "created", now, now.Add(time.Second)), "name": few(t, "name", "Ada", "ada")}
		if few(t, "revoked", true, false) {
			v["revoked"] = true
		}
		return encode(t, v)
	},
}

// All regions come to have the same, whatever they hear first and however often.
func TestMergingIsTheSameInAnyOrderAndWhenRepeated(t *testing.T) {
	t.Parallel()
	all := map[string]Rule{}
	for _, rule := range Rules() {
		all[rule.Bucket] = rule
		if rule.Bucket == bus.SiteBucket {
			all["mentions"] = rule
		}
	}
	for name, rule := range all {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			m := func(x, y json.RawMessage) json.RawMessage {
				merged, err := rule.Merge(x, y, now)
				if err != nil {
					t.Fatal(err)
				}
				return merged
			}
			draw := some[name]
			a, b, c := draw(t), draw(t), draw(t)
			for what, pair := range map[string][2]json.RawMessage{
				"commutative": {m(a, b), m(b, a)},
				"associative": {m(m(a, b), c), m(a, m(b, c))},
				"idempotent":  {m(m(a, b), b), m(a, b)},
				"at rest":     {m(m(a, a), a), m(a, a)},
			} {
				if string(pair[0]) != string(pair[1]) {
					t.Errorf("not %s:\n%s\n%s\nof %s\n%s\n%s", what, pair[0], pair[1], a, b, c)
				}
			}
		}))
	}
}

func merged(t *testing.T, a, b account) (m account) {
	t.Helper()
	raw, err := Accounts(encode(t, a), encode(t, b), now)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// What takes rights away in one region holds, whatever else is changed in another meanwhile.
func TestWhatTakesRightsAwayIsNotLost(t *testing.T) {
	t.Parallel()
	was := account{Name: "Ann", Role: "admin", Hash: "old", Version: 3, Edition: 7, Operators: map[string]uint64{"o1": 1}}
	renamed := was
	renamed.Name, renamed.Edition, renamed.Changes.Name = "Anna", 90, 83
	renamed.Used = map[string]time.Time{"s1": now.Add(24 * time.Hour)} // by a clock that is ahead

	disabled := was
	disabled.Disabled, disabled.Version, disabled.Edition, disabled.Changes.Disabled = true, 4, 8, 1
	if m := merged(t, renamed, disabled); !m.Disabled || m.Name != "Anna" || m.Version != 4 || m.Edition != 90 || len(m.Used) > 0 {
		t.Errorf("disabled here and renamed there: %+v", m)
	}
	toggled := was // disabled and enabled there, before the other side was heard of
	toggled.Changes.Disabled = 1
	if m := merged(t, toggled, disabled); !m.Disabled {
		t.Errorf("disabled here, and something else as often there: %+v", m)
	}
	enabled := disabled
	enabled.Disabled, enabled.Changes.Disabled, enabled.Version = false, 2, 5
	if m := merged(t, enabled, disabled); m.Disabled {
		t.Errorf("enabled by somebody who knew that it was disabled: %+v", m)
	}
	demoted := was
	demoted.Role, demoted.Edition, demoted.Changes.Role = "agent", 8, 1
	if m := merged(t, renamed, demoted); m.Role != "agent" || m.Name != "Anna" {
		t.Errorf("demoted here and renamed there: %+v", m)
	}
	changed := was
	changed.Hash, changed.Version, changed.Edition = "new", 4, 8
	if m := merged(t, renamed, changed); m.Hash != "new" || m.Version != 4 {
		t.Errorf("a new password here and renamed there: %+v", m)
	}
	left, right := was, was
	left.SignedOut, left.Operators = map[string]time.Time{"s1": now.Add(time.Hour), "s0": now.Add(-time.Hour)}, map[string]uint64{"o1": 1, "o2": 2}
	right.SignedOut, right.Operators, right.Edition = map[string]time.Time{"s2": now.Add(time.Hour)}, map[string]uint64{"o1": 1, "o3": 2}, 50
	if m := merged(t, left, right); len(m.SignedOut) != 2 || m.SignedOut["s0"] != (time.Time{}) || fmt.Sprint(m.Operators) != "map[o1:1 o2:2 o3:2]" {
		t.Errorf("sessions that ended on both sides: %+v", m)
	}
}

// What an account remembers does not grow with the regions, and of too much the earliest goes: what
// one region has forgotten does not come back from another one.
func TestWhatAnAccountRemembersIsBounded(t *testing.T) {
	t.Parallel()
	var a, b account
	a.Operators, b.Operators = map[string]uint64{}, map[string]uint64{}
	a.Used, b.Used = map[string]time.Time{"idle": now.Add(-SessionIdle)}, map[string]time.Time{}
	for i := range 60 {
		a.Used[fmt.Sprint("a", i)], b.Used[fmt.Sprint("b", i)] = now.Add(-time.Hour), now.Add(-time.Minute)
	}
	for i := range uint64(MaxOperators) {
		a.Operators[fmt.Sprint("z", i)], b.Operators[fmt.Sprint("a", i)] = i+1, i+3
	}
	m := merged(t, a, b)
	late := 0
	for session := range m.Used {
		if session[0] == 'b' {
			late++
		}
	}
	if len(m.Used) != MaxUsed || late != 60 {
		t.Errorf("it remembers %d sessions, %d of those that were used last", len(m.Used), late)
	}
	if want := map[string]uint64{"a7": 10, "a6": 9, "a5": 8, "z7": 8, "a4": 7, "z6": 7, "a3": 6, "z5": 6}; !maps.Equal(m.Operators, want) {
		t.Errorf("of the values that acted it remembers %v", m.Operators)
	}
}

// A role that was changed as often on both sides becomes the lesser one, not the one that is spelled so.
func TestOfTwoRolesTheLesserHolds(t *testing.T) {
	t.Parallel()
	for i, lesser := range rights.Roles {
		for _, more := range rights.Roles[i:] {
			a, b := account{Role: string(lesser)}, account{Role: string(more)}
			if m := merged(t, a, b); m.Role != string(lesser) {
				t.Errorf("of %s and %s it is %s", lesser, more, m.Role)
			}
		}
	}
}

// A region of a later version may have fields that this one does not know.
func TestFieldsThatAreNotKnownAreKept(t *testing.T) {
	t.Parallel()
	a, b := json.RawMessage(`{"user":"ann","role":"agent","edition":2,"hue":7}`), json.RawMessage(`{"user":"ann","role":"agent","edition":1}`)
	got, err := Accounts(a, b, now)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if _ = json.Unmarshal(got, &fields); fmt.Sprint(fields["hue"]) != "7" {
		t.Errorf("%s", got)
	}
}
