package settings

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// How long the texts may be, in characters, and how many there may be.
const (
	maxTitle    = 60
	maxGreeting = 300
	maxBot      = 64
	maxStarters = 4
	maxStarter  = 80
	maxAddress  = 500
	maxTags     = 100
)

// TextLimits are the texts of the pages that a site may replace, with how many characters
// each may have.
var TextLimits = map[string]int{
	"subtitle":    60,  // below the title, before a chat begins
	"after":       160, // below the form for a name
	"placeholder": 60,  // in the empty field
}

// The words that a setting may be.
var (
	Themes = []string{"system", "light", "dark"}
	Icons  = []string{"chat", "question", "heart", "logo"}
	Sides  = []string{"right", "left"}
	Asks   = []string{"first", "later"}
	// TagColors are the colors of tags: names, so that pages show each legibly in light and dark.
	TagColors = []string{"gray", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"}
)

// Problems are what is wrong with settings: a sentence for a person by the setting's name.
type Problems map[string]string

func (p Problems) Error() string { return p[slices.Sorted(maps.Keys(p))[0]] }

var color = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Check returns the settings as they are kept: texts cleaned, what says nothing left out.
// The error is of the type Problems. Pictures are checked where they are read; see
// ReadPicture.
func Check(s Settings) (Settings, error) {
	c := checker{Problems{}}
	s.Title = c.line("title", "The title", s.Title, maxTitle)
	s.Greeting = c.text("greeting", "The greeting", s.Greeting, maxGreeting)
	s.Bot = c.line("bot", "The bot's name", s.Bot, maxBot)
	s.Starters = c.starters(s.Starters)
	if s.Accent = strings.ToLower(strings.TrimSpace(s.Accent)); s.Accent != "" && !color.MatchString(s.Accent) {
		c.wrong("accent", "A color is written as # and six digits, such as #0a7d55.")
	}
	s.Theme = c.word("theme", "The theme", s.Theme, Themes)
	s.Launcher.Icon = c.word("launcher", "The launcher's icon", s.Launcher.Icon, Icons)
	s.Launcher.Side = c.word("launcher", "The launcher's side", s.Launcher.Side, Sides)
	s.AskName = c.word("ask_name", "When a name is asked for", s.AskName, Asks)
	s.Privacy = c.address(s.Privacy)
	s.Texts = c.texts(s.Texts)
	s.Tags = c.tags(s.Tags)
	if len(c.problems) > 0 {
		return Settings{}, c.problems
	}
	return s, nil
}

type checker struct{ problems Problems }

func (c checker) wrong(name, sentence string) {
	if c.problems[name] == "" {
		c.problems[name] = sentence
	}
}

// text checks a text of several lines.
func (c checker) text(name, what, s string, most int) string {
	if !utf8.ValidString(s) {
		c.wrong(name, what+" is not valid UTF-8.")
		return ""
	}
	s = strings.TrimSpace(chat.Clean(s))
	if n := utf8.RuneCountInString(s); n > most {
		c.wrong(name, fmt.Sprintf("%s has %d characters; at most %d fit.", what, n, most))
	}
	if s != "" && !strings.ContainsFunc(s, seen) {
		c.wrong(name, what+" has nothing in it that can be seen.")
	}
	return s
}

func seen(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Z, unicode.M, unicode.Cf)
}

// line checks a text of one line. Its white space is as of one word after another.
func (c checker) line(name, what, s string, most int) string {
	return strings.Join(strings.Fields(c.text(name, what, s, most)), " ")
}

// starters checks the questions. Empty ones are left out, and so is a second of the same.
func (c checker) starters(list []string) (kept []string) {
	for _, s := range list {
		if s = c.line("starters", "A starter question", s, maxStarter); s != "" && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	if len(kept) > maxStarters {
		c.wrong("starters", fmt.Sprintf("These are %d starter questions; at most %d are shown.", len(kept), maxStarters))
	}
	return kept
}

// word checks that a setting is one of a few. The first of them is what it is if it is not set.
func (c checker) word(name, what, s string, of []string) string {
	if s != "" && !slices.Contains(of, s) {
		c.wrong(name, what+" is one of: "+strings.Join(of, ", ")+".")
	}
	if s == of[0] {
		return ""
	}
	return s
}

func (c checker) address(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(s) > maxAddress || strings.ContainsFunc(s, unicode.IsSpace) {
		c.wrong("privacy", "The address of the privacy page begins with https:// and has at most 500 characters.")
	}
	return s
}

func (c checker) texts(all map[string]string) (kept map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		most, ok := TextLimits[key]
		if !ok {
			c.wrong("texts", "There is no text of that name to replace.")
			continue
		}
		if s := c.line("texts", "A text", all[key], most); s != "" {
			if kept == nil {
				kept = map[string]string{}
			}
			kept[key] = s
		}
	}
	return kept
}

// tags checks the tags as a chat's card does. Two that differ in case only are one.
func (c checker) tags(all map[string]string) (kept map[string]string) {
	if len(all) > maxTags {
		c.wrong("tags", fmt.Sprintf("These are %d tags; at most %d have a color.", len(all), maxTags))
		return nil
	}
	seen := map[string]string{}
	for _, written := range slices.Sorted(maps.Keys(all)) {
		tag, err := chat.CleanLine("tag", written, chat.MaxTag)
		color := all[written]
		switch same := seen[strings.ToLower(tag)]; {
		case err != nil:
			c.wrong("tags", err.Error())
			continue
		case tag == "":
			c.wrong("tags", "There is a tag with nothing in it.")
			continue
		case !slices.Contains(TagColors, color):
			c.wrong("tags", fmt.Sprintf("The color of the tag “%s” is one of: %s.", tag, strings.Join(TagColors, ", ")))
			continue
		case same != "" && same != tag:
			c.wrong("tags", fmt.Sprintf("“%s” and “%s” are the same tag.", same, tag))
			continue
		}
		seen[strings.ToLower(tag)] = tag
		if kept == nil {
			kept = map[string]string{}
		}
		kept[tag] = color
	}
	return kept
}
