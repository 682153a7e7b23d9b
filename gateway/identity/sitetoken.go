package identity

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// siteAudience is what a site's "aud" must name: a token that the site signed with
	// the same key for another service opens no chat.
	siteAudience = "parley"
	// maxSiteTime is how far ahead a site's "exp" may be. A token that leaks, with a
	// page that was saved or a log, opens the chat until then.
	maxSiteTime = 24 * time.Hour
	// clockSkew is how far the site's clock may be from ours.
	clockSkew = time.Minute
	// maxSubject is the maximum length of the site's "sub" in characters.
	maxSubject = 128
	// neutralName is how a visitor is shown whom the site does not name.
	neutralName = "Visitor"
)

// siteFailed is what a visitor reads who can do nothing about what the site did.
const siteFailed = "This site could not open the chat. Reload the page, or tell the site."

// badSiteToken and badSiteName refuse what the site signed; detail is a sentence for its
// developer.
func badSiteToken(detail string) error {
	return &bus.Refusal{Code: codes.BadToken, Message: siteFailed, Detail: detail}
}

func badSiteName(detail string) error {
	return &bus.Refusal{Code: codes.BadName, Message: siteFailed, Detail: detail}
}

// visitEnded refuses a token whose time is over, which happens to honest sites too.
func visitEnded(detail string) error {
	return &bus.Refusal{Code: codes.BadToken, Message: "This visit has ended. Open the chat from the site again.", Detail: detail}
}

// siteClaims are the claims of the token that the embedding site signs, as they
// stand there: check reads them, and says what is wrong with which.
type siteClaims struct {
	jwt.RegisteredClaims `json:"-"` // never filled: check replaces the library's checks

	Subject   json.RawMessage `json:"sub"`
	Name      json.RawMessage `json:"name"`
	Audience  json.RawMessage `json:"aud"`
	Issuer    json.RawMessage `json:"iss"`
	Expires   json.RawMessage `json:"exp"`
	NotBefore json.RawMessage `json:"nbf"`

	Attributes json.RawMessage `json:"attributes"`
	Email      json.RawMessage `json:"email"`
	Locale     json.RawMessage `json:"locale"`
}

// siteVisitor is whom a site's token names.
type siteVisitor struct {
	subject string // the site's own name for the visitor; compared exactly
	name    string // how the visitor is shown
	claims  siteClaims
}

// check reads the claims at that time. issuer is what "iss" must be; empty allows
// any. The error is a *bus.Refusal (bad_token, bad_name) whose message is for the visitor,
// and whose detail tells the site's developer what to change.
func (c siteClaims) check(now time.Time, issuer string) (siteVisitor, error) {
	var who siteVisitor
	if err := c.checkTimes(now); err != nil {
		return who, err
	}
	if audience := texts(c.Audience); !slices.Contains(audience, siteAudience) {
		return who, badSiteToken(fmt.Sprintf("The site's token needs %q as its \"aud\" (audience); it has %s.", siteAudience, quoted(c.Audience)))
	}
	if iss, _ := text(c.Issuer); issuer != "" && iss != issuer {
		return who, badSiteToken(fmt.Sprintf("The site's token needs the \"iss\" (issuer) that TOKEN_ISSUER names; it has %s.", quoted(c.Issuer)))
	}
	subject, err := c.subject()
	if err != nil {
		return who, err
	}
	name, err := c.name()
	return siteVisitor{subject: subject, name: name}, err
}

func (c siteClaims) checkTimes(now time.Time) error {
	expires, ok := moment(c.Expires)
	switch {
	case absent(c.Expires):
		return badSiteToken("The site's token never expires: it needs an \"exp\", in seconds since 1970, that is at most a day ahead.")
	case !ok:
		return badSiteToken(fmt.Sprintf("The \"exp\" of the site's token must be a number of seconds since 1970; it is %s.%s", quoted(c.Expires), milliseconds(c.Expires)))
	case !now.Before(expires.Add(clockSkew)):
		return visitEnded("The site's token has expired (\"exp\").")
	case expires.After(now.Add(maxSiteTime + clockSkew)):
		return badSiteToken("The site's token is valid for too long: its \"exp\" may be at most a day ahead.")
	}
	if absent(c.NotBefore) {
		return nil
	}
	from, ok := moment(c.NotBefore)
	switch {
	case !ok:
		return badSiteToken(fmt.Sprintf("The \"nbf\" of the site's token must be a number of seconds since 1970; it is %s.", quoted(c.NotBefore)))
	case now.Before(from.Add(-clockSkew)):
		return badSiteToken("The site's token is not valid yet (\"nbf\"): the clock of the site may be wrong.")
	}
	return nil
}

// wholeNumber is how a database's id is written as a number: one number, one way.
var wholeNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,19})$`)

// subject returns the visitor's name in the site's own books. A whole number is the
// same subject as that number as a text, since languages differ in how they write ids.
func (c siteClaims) subject() (string, error) {
	subject, ok := text(c.Subject)
	switch {
	case absent(c.Subject):
		return "", badSiteToken(fmt.Sprintf("The site's token needs a \"sub\" of 1 to %d characters, which names the visitor.", maxSubject))
	case wholeNumber.Match(c.Subject):
		return string(c.Subject), nil
	case !ok:
		return "", badSiteToken(fmt.Sprintf("The \"sub\" of the site's token must be a string or a whole number; it is %s.", quoted(c.Subject)))
	}
	n := utf8.RuneCountInString(subject)
	switch {
	case n < 1 || n > maxSubject:
		return "", badSiteToken(fmt.Sprintf("The \"sub\" of the site's token has %d characters; 1 to %d are possible.", n, maxSubject))
	case strings.ContainsRune(subject, utf8.RuneError):
		// Decoding turns bytes that are not text into U+FFFD: two visitors could become one.
		return "", badSiteToken("The \"sub\" of the site's token is not valid UTF-8.")
	}
	return subject, nil
}

// name returns how the visitor is shown: as the site says, cut if that is too long,
// or neutralName. What the visitor typed never counts: whoever could choose a name
// could pass for another customer, or for the staff.
func (c siteClaims) name() (string, error) {
	name, ok := text(c.Name)
	if !ok && !absent(c.Name) {
		return "", badSiteName(fmt.Sprintf("The \"name\" of the site's token must be a text; it is %s.", quoted(c.Name)))
	}
	if strings.TrimSpace(name) == "" {
		return neutralName, nil
	}
	display, _, err := CleanName(name)
	if err == nil {
		return display, nil
	}
	if cut := []rune(strings.TrimSpace(chat.Clean(name))); len(cut) > MaxName {
		if display, _, err = CleanName(string(cut[:wholeRunes(cut, MaxName-1)]) + "…"); err == nil {
			return display, nil
		}
	}
	return "", badSiteName("The \"name\" of the site's token can't be shown. " + err.Error())
}

// wholeRunes returns where to cut a text before its n-th rune, so that what is seen as one
// character is not cut: a letter keeps its marks, and an emoji its parts.
func wholeRunes(text []rune, n int) int {
	const joiner = '\u200D'
	for at := n; at > n/2; at-- {
		goesOn := unicode.Is(unicode.M, text[at]) || text[at] == joiner || text[at-1] == joiner || text[at] >= 0x1F3FB && text[at] <= 0x1F3FF
		if !goesOn && !halfFlag(text[:at+1]) {
			return at
		}
	}
	return n // marks upon marks
}

// halfFlag reports whether a text ends with the second half of a flag, which is two
// letters of its own kind.
func halfFlag(text []rune) bool {
	n := 0
	for i := len(text) - 1; i >= 0 && text[i] >= 0x1F1E6 && text[i] <= 0x1F1FF; i-- {
		n++
	}
	return n > 0 && n%2 == 0
}

// absent reports whether a claim is missing, or null.
func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// text returns a claim that is a JSON string.
func text(raw json.RawMessage) (s string, ok bool) {
	return s, len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &s) == nil
}

// texts returns a claim that is a string, or the strings in a list.
func texts(raw json.RawMessage) []string {
	if s, ok := text(raw); ok {
		return []string{s}
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// moment returns a claim that is a number of seconds, which may have a fraction.
func moment(raw json.RawMessage) (time.Time, bool) {
	seconds, err := strconv.ParseFloat(string(raw), 64)
	// Within the years that time.Time calculates with; ParseFloat reads "Inf", too.
	if err != nil || !(seconds > -1e11 && seconds < 1e11) {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// milliseconds is a sentence about a time that was counted in them, as JavaScript does.
func milliseconds(raw json.RawMessage) string {
	if ms, err := strconv.ParseFloat(string(raw), 64); err == nil && ms > 1e12 && ms < 1e14 {
		return " These seem to be milliseconds: divide them by 1000."
	}
	return ""
}

// maxQuoted is how many characters of a claim a detail repeats.
const maxQuoted = 40

// quoted is a claim's value in a sentence for the site's developer.
func quoted(raw json.RawMessage) string {
	if absent(raw) {
		return "none"
	}
	s := strings.ToValidUTF8(string(raw), "\uFFFD")
	if r := []rune(s); len(r) > maxQuoted {
		s = string(r[:maxQuoted]) + "…"
	}
	return s
}
