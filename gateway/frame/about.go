package frame

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// What a page may say about itself, in bytes. What is longer is dropped.
const (
	maxAbout     = 48 << 10 // all of it, as it was sent
	maxAboutPage = 512      // of a longer page, only the site is kept
	maxDevice    = 64
)

// About is what a visitor's page says of itself when it says hello, for agents to read.
// Anybody may say anything here: nothing is decided on it. A field that is empty was not
// said, or was nothing that it may be.
type About struct {
	// Page is the address of the site's page that has the chat in it: http or https, and
	// only origin and path, since queries hold tokens.
	Page string `json:"page,omitempty"`
	// Language is that of the browser, a tag of BCP 47.
	Language string `json:"language,omitempty"`
	// Zone is where the clock of the device is: a name of the IANA database.
	Zone string `json:"zone,omitempty"`
	// Device is the browser and the system, such as "Safari · iPhone".
	Device string `json:"device,omitempty"`
	// Referrer is the page of another site that led to this one; cut like Page.
	Referrer string `json:"referrer,omitempty"`
	// Attributes are what the site says of its visitor, as the page passes it on.
	Attributes Attributes `json:"attributes,omitempty"`
	// Withheld says that attributes were said, and not heard: those from before stay.
	Withheld bool `json:"-"`
}

// Attributes are a list of chat.Attribute as JSON, by their names and cleaned: comparable, and
// one piece of memory. Empty: there are none.
type Attributes string

// MarshalJSON returns the list.
func (a Attributes) MarshalJSON() ([]byte, error) {
	if a == "" {
		return []byte("[]"), nil
	}
	return []byte(a), nil
}

// UnmarshalJSON takes what MarshalJSON returned.
func (a *Attributes) UnmarshalJSON(data []byte) error {
	var list []chat.Attribute
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*a = attributesOf(list)
	return nil
}

// List returns the attributes.
func (a Attributes) List() (list []chat.Attribute) {
	if a != "" {
		_ = json.Unmarshal([]byte(a), &list)
	}
	return list
}

func attributesOf(list []chat.Attribute) Attributes {
	list = slices.DeleteFunc(list, func(a chat.Attribute) bool { return a.Value == "" })
	if len(list) == 0 {
		return ""
	}
	return Attributes(Encode(list))
}

// Known is what is kept of a visitor's About, as consoles read it.
type Known struct {
	Page     string `json:"page,omitempty"`
	Language string `json:"language,omitempty"`
	Zone     string `json:"zone,omitempty"`
	Device   string `json:"device,omitempty"`
	// Referrer and Attributes are as in About.
	Referrer   string     `json:"referrer,omitempty"`
	Attributes Attributes `json:"attributes,omitempty"`
	// Signed stands for what the site signed last and the chat's card has; it is not for consoles.
	Signed string `json:"signed,omitempty"`
	// Seen is when the visitor was here last, to some ten minutes.
	Seen time.Time `json:"seen"`
	// Visits counts the times that the visitor came, this one included.
	Visits int `json:"visits"`
}

// About returns what the page said.
func (k Known) About() About {
	return About{Page: k.Page, Language: k.Language, Zone: k.Zone, Device: k.Device, Referrer: k.Referrer, Attributes: k.Attributes}
}

// Site returns the host of the page, or an empty string.
func (k Known) Site() string {
	u, err := url.Parse(k.Page)
	if err != nil {
		return ""
	}
	return u.Host
}

// Said is the About of a frame; nil if it has none.
type Said struct{ *About }

// UnmarshalJSON takes what fits and drops everything else, whatever was sent: what agents
// would like to know is no reason to refuse a visitor.
func (s *Said) UnmarshalJSON(data []byte) error {
	var said map[string]json.RawMessage
	if len(data) > maxAbout || json.Unmarshal(data, &said) != nil {
		return nil
	}
	word := func(name string, fit func(string) string) string {
		var s string
		if json.Unmarshal(said[name], &s) != nil {
			return ""
		}
		return fit(s)
	}
	a := About{
		Page: word("page", fitPage), Language: word("language", fits(languageTag)), Zone: word("zone", fits(zoneName)), Device: word("device", fitDevice),
		Referrer: word("referrer", fitPage), Attributes: fitAttributes(said["attributes"]),
	}
	if a != (About{}) {
		s.About = &a
	}
	return nil
}

var (
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
	zoneName    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}$`)
	deviceName  = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N} .·()/_+-]*$`)
	host        = regexp.MustCompile(`^[a-z0-9.-]+(:[0-9]{1,5})?$|^\[[0-9a-f:.]+\](:[0-9]{1,5})?$`)
)

// fitAttributes takes those of a JSON object that fit. The widget says to the site's developer
// what does not.
func fitAttributes(data json.RawMessage) Attributes {
	var given map[string]json.RawMessage
	if len(data) == 0 || json.Unmarshal(data, &given) != nil {
		return ""
	}
	fit, _ := chat.FitAttributes(given)
	return attributesOf(fit)
}

func fits(form *regexp.Regexp) func(string) string {
	return func(s string) string {
		if !form.MatchString(s) {
			return ""
		}
		return s
	}
}

// fitPage returns origin and path of an address, without what may be secret: a name and a
// password, the query, what is behind a semicolon or a number sign.
func fitPage(s string) string {
	if end := strings.IndexAny(s, "?#;"); end >= 0 {
		s = s[:end]
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return ""
	}
	name := strings.ToLower(u.Host)
	if !host.MatchString(name) || len(name) > maxAboutPage/2 {
		return ""
	}
	path := u.EscapedPath()
	origin := u.Scheme + "://" + name
	if len(origin)+len(path) > maxAboutPage {
		path = "/"
	}
	return origin + path
}

func fitDevice(s string) string {
	if len(s) > 4*maxDevice {
		return ""
	}
	s = strings.Join(strings.Fields(chat.Clean(s)), " ")
	if len(s) > maxDevice || !utf8.ValidString(s) || !deviceName.MatchString(s) {
		return ""
	}
	return s
}
