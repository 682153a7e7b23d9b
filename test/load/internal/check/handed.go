package check

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// quotedAtLeast is how many characters of the visitor's last words the note of a hand-over quotes,
// if there are so many.
const quotedAtLeast = 200

// handed checks that each chat that goes from the bot to people has one note that says why, before
// it goes, with what the visitor asked last. An earlier version writes none.
func (b *book) handed(c *chat) {
	if b.opts.Old {
		return
	}
	notes := map[uint64]*line{} // by the request that handed the chat over
	for _, l := range c.lines {
		switch {
		case !l.durable():
		case l.Kind == "note" && l.Role == "bot":
			of, err := strconv.ParseUint(strings.TrimPrefix(l.ID, "handover-"), 10, 64)
			ask := c.at(of)
			switch {
			case err != nil || ask == nil || ask.What != "escalate" || of > l.Seq:
				b.unexplained(c, fmt.Sprintf("the bot's note %d is called %q, and no request for a person before it is", l.Seq, l.ID), l)
			case notes[of] != nil:
				b.unexplained(c, fmt.Sprintf("the notes %d and %d both say why the chat was handed over at the request %d", notes[of].Seq, l.Seq, of), notes[of], l)
			default:
				notes[of] = l
			}
		case l.Kind == "state" && !l.settled && (l.Reason == "escalated" || l.Reason == "bot_gave_up"):
			ask := c.at(l.Through)
			if ask == nil || ask.What != "escalate" {
				continue // that it decides nothing is reported
			}
			note := notes[ask.Seq]
			if note == nil {
				b.unexplained(c, fmt.Sprintf("the change %d hands the chat over at the request %d, and no note before it says why", l.Seq, ask.Seq), l, ask)
				continue
			}
			if last := lastAsked(c, ask.Seq); last != nil && !strings.Contains(letters(note.Text), letters(begins(last.Text))) {
				b.unexplained(c, fmt.Sprintf("the note %d of the hand-over at the request %d lacks what the visitor asked last, at %d", note.Seq, ask.Seq, last.Seq), note, ask, last)
			}
		}
	}
}

func (b *book) unexplained(c *chat, sentence string, lines ...*line) {
	b.found.add(Unexplained, c.id, func() []history.Entry { return evidence(b.ofLines(c, lines...)) }, "%s", sentence)
}

// lastAsked returns the visitor's last message before a request, of the same visit; nil if there is
// none.
func lastAsked(c *chat, before uint64) (last *line) {
	for _, l := range c.lines {
		switch {
		case l.Seq >= before:
			return last
		case !l.durable():
		case l.Kind == "message":
			last = l
		case l.Status == closed && last != nil && last.Seq <= l.Through:
			last = nil
		}
	}
	return last
}

// letters are those of a text, and its figures: a note leaves out what nobody sees, and what turns
// the direction of the text around it.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, text)
}

func inLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// begins returns how a text begins, on one line.
func begins(text string) string {
	r := []rune(inLine(text))
	return string(r[:min(len(r), quotedAtLeast)])
}
