package check

import (
	"fmt"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// sentAsStored checks that what the log has from a visitor or an agent was sent by one,
// and is unchanged.
func (b *book) sentAsStored(c *chat) {
	for _, l := range c.lines {
		if l.Role != "visitor" && l.Role != "agent" {
			continue
		}
		s := c.origin(l)
		show := func() []history.Entry { return evidence(b.ofEvent(c, l)) }
		if s == nil {
			b.found.add(Unsent, c.id, show, "event %d is the %s %q of %s %s, which no client sent", l.Seq, l.Kind, l.ID, l.Role, l.Name)
			continue
		}
		if wrong := alteration(s, l.Event); wrong != "" {
			b.found.add(Altered, c.id, show, "%s was sent as %s %q and stands at %d with another %s", l.ID, s.what, clip(s.text), l.Seq, wrong)
		}
	}
}

// alteration says how the event differs from what was sent, or nothing.
func alteration(s *sent, e history.Event) string {
	want := becomes(s)
	switch {
	case e.Kind != want.Kind:
		return fmt.Sprintf("kind: %s", e.Kind)
	case e.What != want.What:
		return fmt.Sprintf("request: %q", e.What)
	case e.Email != s.email:
		return fmt.Sprintf("address: %q", clip(e.Email))
	case e.Choice != s.choice:
		return fmt.Sprintf("choice: %q", clip(e.Choice))
	case e.Files != s.files:
		return fmt.Sprintf("files: %q", clip(e.Files))
	case e.Score != s.score:
		return fmt.Sprintf("score: %d", e.Score)
	case e.What == "name" && e.Name != s.called:
		return fmt.Sprintf("name: %q", clip(e.Name))
	case e.Kind == "state" && e.Reason != want.Reason:
		return fmt.Sprintf("reason: %s", e.Reason)
	case e.Kind != "state" && e.Text != want.Text:
		return fmt.Sprintf("text: %q", clip(e.Text))
	}
	return ""
}

// cleaned is what becomes of the leftovers of other programs that the workload sends:
// docs/protocol.md says which are dropped. All other text stays as it was sent.
var cleaned = strings.NewReplacer("\ufeff", "", "\x1b[31m", "", "\x1b[0m", "", "\v", "\n")

// becomes returns kind, what, reason and text of the event that a frame becomes.
func becomes(s *sent) history.Event {
	text := strings.TrimSpace(cleaned.Replace(s.text))
	if s.op == history.Call {
		switch s.what {
		case "say", "note":
			return history.Event{Kind: s.what, Text: text}
		case "tag", "untag", "mark":
			return history.Event{Kind: "card"}
		}
		reasons := map[string]string{"take": "taken", "step_in": "stepped_in", "dealt": "dealt", "return": "returned", "transfer": "transferred", "close": "by_agent", "pass_on": "passed_on", "pass_team": "transferred", "assign": "assigned", "take_over": "taken_over", "snooze": "snoozed", "wake": "woken"}
		return history.Event{Kind: "state", Reason: reasons[s.what]}
	}
	if s.what != "message" && s.what != "" {
		return history.Event{Kind: "ask", What: s.what, Text: text}
	}
	if strings.EqualFold(strings.TrimPrefix(text, "/"), "escalate") {
		return history.Event{Kind: "ask", What: "escalate", Text: text}
	}
	return history.Event{Kind: "message", Text: text}
}
