// Package frame is the protocol as Go values: the frames that clients send, with
// one table of their kinds, the frames that the gateway sends, and one table from
// errors to the answer that a client reads. docs/protocol.md and
// docs/agent-protocol.md say what each field means.
package frame

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// In is a frame that a visitor or an agent may send. Which fields belong to which
// kind is the protocol's to say.
type In struct {
	T      string `json:"t"`
	ID     string `json:"id"`
	Chat   string `json:"chat"`
	Name   string `json:"name"`
	Token  string `json:"token"`
	Since  uint64 `json:"since"`
	Text   string `json:"text"`
	Choice string `json:"choice"`
	Again  bool   `json:"again"`
	Score  int    `json:"score"`
	Before Before `json:"before"`
	Limit  int    `json:"limit"`
	On     bool   `json:"on"`
	Seq    uint64 `json:"seq"`
	Writes bool   `json:"writes"`
	Seen   uint64 `json:"seen"`
	Source string `json:"source"`
	About  Said   `json:"about"`
	Email  string `json:"email"`
	// Files are sent along: each was uploaded before, see NamedFile.
	Files []NamedFile `json:"files"`
	// Team is what a visitor's page calls the team that it is for, or the visitor chose.
	Team string `json:"team"`
	// To is the account of whoever gets a chat.
	To string `json:"to"`
	// Edit is what an agent changes on a chat's card.
	Edit *chat.CardEdit `json:"edit"`
	// Macro is what a macro does besides saying Text.
	Macro *Macro `json:"macro"`
	// Draft is what an agent has typed; nil: the frame asks for it.
	Draft *Typed `json:"draft"`

	// Until is a time, and Minutes how long it is until then: to snooze a chat. Neither: until
	// the visitor writes.
	Until   string `json:"until"`
	Minutes int    `json:"minutes"`
	// Kind is the row of the table that T names; never nil in a parsed frame.
	Kind *Kind `json:"-"`
}

// Macro is what an agent's macro does, in the end, to a chat.
type Macro struct {
	Title string   `json:"title"` // for what is said of it
	Tags  []string `json:"tags"`
	Then  string   `json:"then"`    // return, transfer, close or pass_on
	To    string   `json:"to"`      // of pass_on: the account that gets the chat, or else
	Team  string   `json:"to_team"` // the id of a team
}

// Typed is what an agent has typed and not sent, in the place of an edition of it; 0: there was none.
type Typed struct {
	Text     string `json:"text"`
	Internal bool   `json:"internal"` // for agents only
	Edition  uint64 `json:"edition"`
}

// Before is where a page ends: a sequence, or a time in the list of all chats. Of
// close_source it is the time after which nobody is meant.
type Before struct {
	Seq uint64
	At  time.Time
}

// UnmarshalJSON reads a number as a sequence and a string as a time.
func (b *Before) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '"' {
		return json.Unmarshal(data, &b.Seq)
	}
	if string(data) == `""` {
		return nil
	}
	return json.Unmarshal(data, &b.At)
}

// Parse reads a frame from outside; data is nil for a binary one. It checks the
// form, not the fields: see Check.
func Parse(data []byte) (In, error) {
	var f In
	if f.readPlain(data) {
		return f, nil
	}
	return parse(data)
}

// parse is Parse for what is not written as the pages do, or is no frame at all.
func parse(data []byte) (In, error) {
	var f In
	if data == nil {
		return f, Refuse(codes.BadFrame, "Frames are text, not binary.")
	}
	if !utf8.Valid(data) {
		return f, Refuse(codes.BadFrame, "This frame is not valid UTF-8.")
	}
	if loneSurrogate(data) {
		return f, Refuse(codes.BadFrame, "This frame holds half a surrogate pair, which is no character.")
	}
	if err := json.Unmarshal(data, &f); err != nil {
		var field *json.UnmarshalTypeError
		if errors.As(err, &field) && field.Field != "" {
			return In{ID: f.ID}, Refuse(codes.BadFrame, fmt.Sprintf("The field %q can't be a %s.", field.Field, field.Value))
		}
		return In{}, Refuse(codes.BadFrame, "A frame is one JSON object with a field \"t\".")
	}
	if f.T == "" {
		return f, Refuse(codes.BadFrame, "A frame names its kind in the field \"t\".")
	}
	f.Kind = kindOf(f.T)
	return f, nil
}

// Check refuses a frame whose fields are outside the bounds of its kind, and fills
// in or cleans those that may be left out or untidy.
func (f *In) Check() error {
	if f.Kind.ID {
		if err := chat.CheckClientID(f.ID); err != nil {
			return err
		}
	}
	if f.Kind.Most > 0 {
		if f.Limit == 0 {
			f.Limit = FirstPage
		}
		if f.Limit < 1 || f.Limit > f.Kind.Most {
			return Refuse(codes.BadFrame, fmt.Sprintf("A %s holds 1 to %d %s.", f.Kind.listed, f.Kind.Most, f.Kind.items))
		}
	}
	if f.Kind.scored && (f.Score < 1 || f.Score > 5) {
		return Refuse(codes.BadFrame, "A score is a number from 1 to 5.")
	}
	if f.Choice != "" && f.Kind.choice {
		if err := chat.CheckChoice(f.Choice); err != nil {
			return err
		}
	}
	if f.Kind.email {
		email, err := chat.CleanEmail(f.Email)
		if err != nil {
			return err
		}
		f.Email = email
	}
	if err := f.checkFiles(); err != nil {
		return err
	}
	if f.Kind.text == optionalText || f.Kind.text == neededText && len(f.Files) > 0 {
		f.Text = strings.TrimSpace(chat.Clean(f.Text))
	}
	if f.Kind.text == noText || f.Text == "" && (f.Kind.text == optionalText || len(f.Files) > 0) {
		return nil
	}
	text, err := chat.CleanText(f.Text)
	f.Text = text
	return err
}

// Unknown refuses a kind of frame that the protocol does not know.
func (f *In) Unknown() error {
	return Refuse(codes.BadFrame, "The kind of frame \""+clip(f.T, 20)+"\" is not known.")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
