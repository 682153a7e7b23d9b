package search

import (
	"strings"

	"github.com/parley-chat/parley/pkg/chat"
)

// What of an event is found: its text, if that is somebody's words, the names of its files, the
// address that it leaves; of a card what agents wrote on it.

// Text returns what an event is found by, "" if nothing.
func Text(e *chat.Event) string {
	if e.Kind == chat.CardChange {
		return cardText(e.Card())
	}
	if !e.Kind.Spoken() {
		return ""
	}
	var parts []string
	if e.Said() {
		parts = append(parts, e.Text)
	}
	if address := e.Email(); address != "" {
		parts = append(parts, address)
	}
	for _, f := range e.Files() {
		parts = append(parts, f.Name)
	}
	return strings.Join(parts, "\n")
}

func cardText(c *chat.Card) string {
	if c == nil {
		return ""
	}
	var parts []string
	for _, s := range []string{c.Title, strings.Join(c.Tags, ", "), c.Address} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	for _, a := range c.Attributes {
		parts = append(parts, a.Key+": "+a.Value)
	}
	return strings.Join(parts, "\n")
}

// VisitorName returns what the visitor is called from this event on, "" if it does not say.
func VisitorName(e *chat.Event) string {
	if e.State != nil && e.State.Visitor != "" {
		return e.State.Visitor
	}
	if e.From.Role == chat.RoleVisitor {
		return e.From.Name
	}
	return ""
}
