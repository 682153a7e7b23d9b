package macros

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/settings"
)

// Macro is a quick reply or a macro, as it is kept. With a text alone it is a quick reply.
type Macro struct {
	ID string `json:"id"`
	// Removable says to package merge that the record goes when another region removed it.
	Removable bool `json:"removable"`
	// Revision grows with each change.
	Revision uint64    `json:"revision"`
	By       string    `json:"by"` // the user name of whoever made the last change
	At       time.Time `json:"at"`
	// Owner is the user name of the agent whose it is; empty: it is everybody's.
	Owner string `json:"owner,omitempty"`
	// Team is the id of the team whose it is, if it has no owner; empty: it is everybody's.
	Team  string `json:"team,omitempty"`
	Title string `json:"title"`
	// Text is what is said, with placeholders. It may be empty if there is anything else to do.
	Text string `json:"text,omitempty"`
	// Tags are put on the chat.
	Tags []string `json:"tags,omitempty"`
	// Then is what becomes of the chat at last.
	Then Then `json:"then,omitempty"`
	// To is who gets the chat, of ThenPass: an account, or else ToTeam: the id of a team.
	To     string `json:"to,omitempty"`
	ToTeam string `json:"to_team,omitempty"`
}

// Then is how a macro ends. The chat stays as it is if it is empty.
type Then string

// How macros end.
const (
	ThenReturn Then = "return"   // back to the bot
	ThenQueue  Then = "transfer" // back into the queue
	ThenClose  Then = "close"
	ThenPass   Then = "pass_on" // to a person, or a team
)

// Thens are all of them.
var Thens = []Then{"", ThenReturn, ThenQueue, ThenClose, ThenPass}

// The bounds; lengths in characters, sizes in bytes.
const (
	MaxTitle = 60
	MaxTags  = 10 // that one macro puts on a chat
	// MaxOwn and MaxShared are how many there may be, and the two below how large their texts
	// may be together: each gateway holds all of them. Gateways that save at the same moment
	// may exceed a bound by one each.
	MaxOwn        = 100
	MaxShared     = 300
	maxOwnSize    = 64 << 10
	maxSharedSize = 512 << 10
	maxTo         = 200 // of what names an account or a team
)

// name is what an id may be: it is part of a key.
var name = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// CheckID refuses an id that no macro may have.
func CheckID(id string) error {
	if !name.MatchString(id) {
		return settings.Problems{"id": "The id of a quick reply has 1 to 64 characters of A-Z a-z 0-9 _ -."}
	}
	return nil
}

// Check returns what an agent wrote as it is kept: texts cleaned, tags each once. The error is
// of the type settings.Problems and says what is wrong, by field.
func Check(m Macro) (Macro, error) {
	wrong := settings.Problems{}
	title, err := chat.CleanLine("title", m.Title, MaxTitle)
	switch {
	case err != nil:
		wrong["title"] = err.Error()
	case title == "":
		wrong["title"] = "It needs a title, to find it by."
	}
	m.Title = title
	if strings.TrimSpace(m.Text) == "" {
		m.Text = ""
	} else if m.Text, err = chat.CleanText(m.Text); err != nil {
		wrong["text"] = err.Error()
	} else if err = CheckPlaceholders(m.Text); err != nil {
		wrong["text"] = err.Error()
	}
	if m.Tags, err = tags(m.Tags); err != nil {
		wrong["tags"] = err.Error()
	}
	if !slices.Contains(Thens, m.Then) {
		wrong["then"] = fmt.Sprintf("%.20q is not a way for a macro to end.", m.Then)
	}
	if m.Then != ThenPass {
		m.To, m.ToTeam = "", ""
	} else if (m.To == "") == (m.ToTeam == "") || len(m.To) > maxTo || len(m.ToTeam) > maxTo {
		wrong["to"] = "Choose who gets the chat: a person, or a team."
	}
	if m.Owner != "" {
		m.Team = ""
	} else if len(m.Team) > maxTo {
		wrong["team"] = "There is no such team."
	}
	if len(wrong) == 0 && m.Text == "" && len(m.Tags) == 0 && m.Then == "" {
		wrong["text"] = "There is nothing to say or to do."
	}
	if len(wrong) > 0 {
		return Macro{}, wrong
	}
	m.Removable = true
	return m, nil
}

// tags returns the tags as a card has them, each once.
func tags(list []string) (kept []string, err error) {
	if len(list) > MaxTags {
		return nil, &chat.TextError{TooLong: true, Sentence: fmt.Sprintf("A macro can add %d tags, and these are %d.", MaxTags, len(list))}
	}
	edit, err := chat.CardEdit{Add: list}.Clean()
	if len(list) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, tag := range edit.Add {
		if !slices.ContainsFunc(kept, func(has string) bool { return strings.EqualFold(has, tag) }) {
			kept = append(kept, tag)
		}
	}
	return kept, nil
}

// same reports whether two say and do the same, for the same people.
func same(a, b Macro) bool {
	return a.Owner == b.Owner && a.Team == b.Team && a.To == b.To && a.ToTeam == b.ToTeam && a.Title == b.Title && a.Text == b.Text && a.Then == b.Then && slices.Equal(a.Tags, b.Tags)
}

// size is what a macro counts as.
func (m Macro) size() int { return len(m.Title) + len(m.Text) + len(strings.Join(m.Tags, " ")) }

// ConflictError says that somebody else changed a macro since it was read.
type ConflictError struct {
	// Now is what it is now; of one that was removed only the id is set.
	Now Macro
}

func (e *ConflictError) Error() string {
	if e.Now.Revision == 0 {
		return "the macro was removed"
	}
	return fmt.Sprintf("the macro was changed by %s and is at revision %d", e.Now.By, e.Now.Revision)
}

// ErrNotYours refuses to change what belongs to all, or to somebody else.
var ErrNotYours = errors.New("this macro may not be changed by everybody")
