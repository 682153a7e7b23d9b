// Package settings holds what admins choose about their site's chat: how it looks and
// what it says. The environment gives first values; what an admin sets comes before them.
// It is one value of the bucket site, with a revision, and every role that needs it
// follows that value, so a change is in effect at once.
//
// Every text in it is plain text. Whoever shows it must not take it for HTML.
package settings

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Settings are what an admin may set. A member that is zero is not set.
type Settings struct {
	Title    string   `json:"title,omitempty"`    // what the chat is called
	Greeting string   `json:"greeting,omitempty"` // the first sentence that a visitor reads
	Bot      string   `json:"bot,omitempty"`      // the bot's name
	Starters []string `json:"starters,omitempty"` // questions to begin with
	Logo     *Picture `json:"logo,omitempty"`     // of the site
	Avatar   *Picture `json:"avatar,omitempty"`   // of the bot
	Accent   string   `json:"accent,omitempty"`   // #rrggbb
	Theme    string   `json:"theme,omitempty"`    // light or dark; otherwise the visitor's system decides
	Launcher Launcher `json:"launcher,omitzero"`
	AskName  string   `json:"ask_name,omitempty"` // later: the chat begins without a name
	Shared   bool     `json:"shared,omitempty"`   // several people use a device
	Privacy  string   `json:"privacy,omitempty"`  // the address of the site's page on privacy
	// Texts are the site's own words in place of the pages', by key; see TextLimits.
	Texts map[string]string `json:"texts,omitempty"`
	// Tags are those that the site knows, each with one of TagColors. Agents may use others, too.
	Tags map[string]string `json:"tags,omitempty"`
}

// Launcher is the button that the widget puts on a site's pages.
type Launcher struct {
	Icon string `json:"icon,omitempty"` // one of Icons
	Side string `json:"side,omitempty"` // left or right
}

// members are all settings by their names in JSON: how two are compared, and how one
// gives way to another.
var members = []struct {
	name string
	same func(a, b Settings) bool
}{
	{"title", func(a, b Settings) bool { return a.Title == b.Title }},
	{"greeting", func(a, b Settings) bool { return a.Greeting == b.Greeting }},
	{"bot", func(a, b Settings) bool { return a.Bot == b.Bot }},
	{"starters", func(a, b Settings) bool { return slices.Equal(a.Starters, b.Starters) }},
	{"logo", func(a, b Settings) bool { return a.Logo.id() == b.Logo.id() }},
	{"avatar", func(a, b Settings) bool { return a.Avatar.id() == b.Avatar.id() }},
	{"accent", func(a, b Settings) bool { return a.Accent == b.Accent }},
	{"theme", func(a, b Settings) bool { return a.Theme == b.Theme }},
	{"launcher", func(a, b Settings) bool { return a.Launcher == b.Launcher }},
	{"ask_name", func(a, b Settings) bool { return a.AskName == b.AskName }},
	{"shared", func(a, b Settings) bool { return a.Shared == b.Shared }},
	{"privacy", func(a, b Settings) bool { return a.Privacy == b.Privacy }},
	{"texts", func(a, b Settings) bool { return maps.Equal(a.Texts, b.Texts) }},
	{"tags", func(a, b Settings) bool { return maps.Equal(a.Tags, b.Tags) }},
}

// Changed returns the names of the settings in which two differ.
func Changed(a, b Settings) (names []string) {
	for _, m := range members {
		if !m.same(a, b) {
			names = append(names, m.name)
		}
	}
	return names
}

// Over returns the settings with the first values of the environment where nothing is set.
func (s Settings) Over(first Settings) Settings {
	s.Bot = cmp.Or(s.Bot, first.Bot)
	return s
}

// Face is what the pages of visitors get of the settings (see web/shared/face.js). An
// absent member means the page's own.
type Face struct {
	Title    string            `json:"title,omitempty"`
	Greeting string            `json:"greeting,omitempty"`
	Bot      string            `json:"bot,omitempty"`
	Starters []string          `json:"starters,omitempty"`
	Logo     string            `json:"logo,omitempty"`   // an address below the base path
	Avatar   string            `json:"avatar,omitempty"` // likewise
	Accent   string            `json:"accent,omitempty"`
	Theme    string            `json:"theme,omitempty"`
	Launcher Launcher          `json:"launcher,omitzero"`
	AskName  string            `json:"ask_name,omitempty"`
	Shared   bool              `json:"shared,omitempty"`
	Privacy  string            `json:"privacy,omitempty"`
	Texts    map[string]string `json:"texts,omitempty"`
	// Teams are those that a visitor who asks for a person chooses from; none: no choice.
	Teams []Offered `json:"teams,omitempty"`
	// Revision grows with each change of what it is made from: by it a page notices that it
	// has another one. 0: admins changed nothing.
	Revision uint64 `json:"revision,omitempty"`
}

// Offered is a team that visitors may choose.
type Offered struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Face returns what the pages get, without teams and a revision.
func (s Settings) Face() Face {
	return Face{
		Title: s.Title, Greeting: s.Greeting, Bot: s.Bot, Starters: s.Starters, Logo: s.Logo.Address("logo"), Avatar: s.Avatar.Address("avatar"),
		Accent: s.Accent, Theme: s.Theme, Launcher: s.Launcher, AskName: s.AskName, Shared: s.Shared, Privacy: s.Privacy, Texts: s.Texts,
	}
}

// In names settings for a person: "the title and the greeting".
func In(names []string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = "the " + cmp.Or(inWords[name], name)
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

var inWords = map[string]string{
	"bot": "bot's name", "starters": "starter questions", "avatar": "bot's picture", "accent": "color", "ask_name": "question for a name",
	"shared": "setting for shared devices", "privacy": "privacy page",
}
