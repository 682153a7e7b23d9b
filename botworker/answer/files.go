package answer

import (
	"strings"

	"github.com/parley-chat/parley/pkg/chat"
)

// onlyFiles reports whether the visitor sent files and said nothing.
func (q Question) onlyFiles() bool {
	if len(q.texts()) > 0 {
		return false
	}
	for _, e := range q.Inputs {
		if e.Parts != nil && len(e.Parts.Files) > 0 {
			return true
		}
	}
	return false
}

// forFiles says that the bot can't look at files, in the language that the visitor wrote in
// before, and offers a person, who can. What was said along with files is answered as ever.
func (q Question) forFiles() Answer {
	var before []string
	for _, e := range q.Before {
		if e.Kind == chat.Message {
			before = append(before, e.Text)
		}
	}
	return Answer{Text: phrasesFor(strings.Join(before, " ")).files, Aside: true, Parts: offersPerson}
}
