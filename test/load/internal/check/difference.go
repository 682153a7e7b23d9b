package check

import (
	"fmt"
	"strconv"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// difference says how two records of one event differ, or nothing.
func difference(a, b history.Event) string {
	for _, f := range []struct{ name, a, b string }{
		{"kind", a.Kind, b.Kind}, {"id", a.ID, b.ID}, {"role", a.Role, b.Role}, {"name", a.Name, b.Name},
		{"user", a.User, b.User}, {"text", a.Text, b.Text}, {"what", a.What, b.What}, {"address", a.Email, b.Email}, {"tags", a.Tags, b.Tags}, {"attributes", a.Marks, b.Marks}, {"name that was given", a.Called, b.Called}, {"choice", a.Choice, b.Choice}, {"status", a.Status, b.Status},
		{"agent", a.Agent, b.Agent}, {"reason", a.Reason, b.Reason}, {"time to wake", a.Until, b.Until}, {"team", a.Team, b.Team}, {"holder", a.Holder, b.Holder},
	} {
		if f.a != f.b {
			return fmt.Sprintf("%s %q and %q", f.name, clip(f.a), clip(f.b))
		}
	}
	switch {
	case a.Score != b.Score:
		return "score " + strconv.Itoa(a.Score) + " and " + strconv.Itoa(b.Score)
	case a.Snoozed != b.Snoozed:
		return fmt.Sprintf("snoozed %d and %d", a.Snoozed, b.Snoozed)
	case a.Missed != b.Missed:
		return fmt.Sprintf("missed %d and %d", a.Missed, b.Missed)
	case a.Visit != b.Visit:
		return fmt.Sprintf("visit %d and %d", a.Visit, b.Visit)
	case a.Handover != b.Handover:
		return fmt.Sprintf("a person announced: %t and %t", a.Handover, b.Handover)
	case a.Through != b.Through:
		return fmt.Sprintf("through %d and %d", a.Through, b.Through)
	case !sameTime(a.At, b.At):
		return fmt.Sprintf("at %s and %s", a.At, b.At)
	}
	return ""
}

// sameTime compares two times, however they are written. One that was not recorded
// equals any.
func sameTime(a, b string) bool {
	if a == b || a == "" || b == "" {
		return true
	}
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	return errX == nil && errY == nil && x.Equal(y)
}

// asSeen is the event as these eyes see it.
func asSeen(e history.Event, by eyes) history.Event {
	e.Missed, e.Snoozed, e.Until = 0, 0, ""
	e.Team, e.Holder, e.Handover = "", "", false
	if e.Reason != "named" {
		e.Called = ""
	}
	if by == visitorEyes {
		e.User, e.Email, e.Tags, e.Marks, e.Visit = "", "", "", "", 0
		if e.Reason == "snoozed" || e.Reason == "woken" { // nothing changed for the visitor
			e.Reason, e.ID, e.Role, e.Name = "", "", "system", ""
		}
	}
	return e
}

// clip shortens a text for use in a sentence.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
