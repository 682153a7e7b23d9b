package answer

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/chat"
)

// talk is the choice of a person, named as the page's own button is.
var talk = chat.Choice{Label: "Talk to a person", Do: chat.DoEscalate}

// offering is an answer that offers choices: passages by their headings, and a person.
func offering(text string, nearest []knowledge.Passage) Answer {
	return Answer{Text: text, Aside: true, Parts: &chat.Parts{Choices: append(choicesOf(nearest, maxAnswers), talk)}}
}

// choicesOf offers passages, at most that many. Pressing one brings exactly that one.
func choicesOf(nearest []knowledge.Passage, most int) []chat.Choice {
	var out []chat.Choice
	for _, p := range nearest {
		if len(out) == most {
			break
		}
		label := bounded(title(p), chat.MaxLabel)
		if p.Confidence < near || label == "" {
			continue
		}
		twice := false
		for _, c := range out {
			twice = twice || c.Label == label
		}
		if !twice {
			out = append(out, chat.Choice{Label: label, ID: p.ID()})
		}
	}
	return out
}

// laidOut lays out what was found: the sentences that answer, the whole passage behind them,
// and the pages that it comes from.
func (q Question) laidOut(found []knowledge.Passage, questions []string, otherwise string) Answer {
	var says, all []string
	parts := &chat.Parts{}
	for _, p := range found {
		short := leadOf(p.Text, questions)
		says, all = append(says, short), append(all, p.Text)
		if name := bounded(title(p), chat.MaxTitle); name != "" && len(parts.Citations) < chat.MaxCitations {
			address := p.Address(q.Site)
			if utf8.RuneCountInString(address) > chat.MaxURL {
				address = ""
			}
			parts.Citations = append(parts.Citations, chat.Citation{Title: name, URL: address})
		}
	}
	a := Answer{Text: fit(strings.Join(says, "\n\n"), otherwise), Parts: parts}
	if more := fit(strings.Join(all, "\n\n"), ""); more != a.Text {
		parts.Passage = more
	}
	return a
}

// title names a passage by its page and heading, in plain text.
func title(p knowledge.Passage) string {
	heading := p.Heading
	if at := strings.LastIndex(heading, " › "); at >= 0 {
		heading = heading[at+len(" › "):]
	}
	switch {
	case heading == "" || strings.EqualFold(heading, p.Page):
		return p.Page
	case p.Page == "":
		return heading
	}
	return p.Page + ": " + heading
}

// sameTitle reports whether a passage is named as one of the list.
func sameTitle(p knowledge.Passage, list []knowledge.Passage) bool {
	return slices.ContainsFunc(list, func(o knowledge.Passage) bool { return title(o) == title(p) })
}

// bounded is a name on one line, of at most that many characters.
func bounded(name string, most int) string {
	name = strings.Join(strings.Fields(chat.Clean(strings.ToValidUTF8(name, "\uFFFD"))), " ")
	if r := []rune(name); len(r) > most {
		name = string(r[:most-1]) + "…"
	}
	return name
}

// pressed returns the passages whose choices were pressed to ask, if there still are such.
func (q Question) pressed(ix *knowledge.Index) (out []knowledge.Passage) {
	for _, e := range q.Inputs {
		if e.Parts == nil || e.Choice == "" || len(out) == maxAnswers {
			continue
		}
		if p, ok := ix.Named(e.Choice); ok && !has(out, p) {
			out = append(out, p)
		}
	}
	return out
}
