package identity

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

var siteKey = []byte(strings.Repeat("site", 8))

// forge signs any claims with any key, under any header.
func forge(t *testing.T, alg string, key any, claims, header map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(alg), jwt.MapClaims(claims))
	for k, v := range header {
		token.Header[k] = v
	}
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// clock is a time that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func signedDirectory(t *testing.T) (*Directory, *clock) {
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	return directory(t, bustest.Conn(t), Options{Mode: Signed, TokenKey: siteKey, Now: c.now}), c
}

// site signs the claims as a site does, which begin as those of a good token.
func site(t *testing.T, c *clock, claims map[string]any) string {
	t.Helper()
	all := map[string]any{"aud": "parley", "sub": "user-1", "name": "Ada", "exp": c.Add(5 * time.Minute).Unix()}
	for k, v := range claims {
		if all[k] = v; v == nil {
			delete(all, k)
		}
	}
	return forge(t, "HS256", siteKey, all, nil)
}

func TestTheSiteVouchesForItsVisitors(t *testing.T) {
	b, clock := signedDirectory(t)
	ada := admit(t, b, "whatever", site(t, clock, nil))
	if !ada.Fresh || ada.Name != "Ada" || ada.Token == "" {
		t.Errorf("first: %+v", ada)
	}
	// Another device, and another name by now: the same history.
	phone := admit(t, b, "", site(t, clock, map[string]any{"name": "Ada L."}))
	if phone.Chat != ada.Chat || phone.Fresh || phone.Name != "Ada L." {
		t.Errorf("second device: %+v", phone)
	}
	// One name, two visitors: here the name proves nothing.
	if other := admit(t, b, "", site(t, clock, map[string]any{"sub": "user-2"})); other.Chat == ada.Chat {
		t.Error("another subject was given Ada's chat")
	}
	// Subjects are compared exactly.
	if v := admit(t, b, "", site(t, clock, map[string]any{"sub": "USER-1"})); v.Chat == ada.Chat {
		t.Error("a subject in other letters was given Ada's chat")
	}
}

func TestWithASigningSiteAVisitorNeverChoosesTheName(t *testing.T) {
	b, clock := signedDirectory(t)
	for what, name := range map[string]any{"no name": nil, "an empty name": "", "a blank name": " \t", "null": json.RawMessage("null")} {
		v := admit(t, b, "Support team", site(t, clock, map[string]any{"name": name}))
		if v.Name != "Visitor" {
			t.Errorf("%s: shown as %q", what, v.Name)
		}
		if v = admit(t, b, "Support team", v.Token); v.Name != "Visitor" {
			t.Errorf("%s, the second hello: shown as %q", what, v.Name)
		}
	}
}

func TestASitesSubjectAndNameAreTakenAsTheyCome(t *testing.T) {
	b, clock := signedDirectory(t)
	text := admit(t, b, "", site(t, clock, map[string]any{"sub": "4711"}))
	number := admit(t, b, "", site(t, clock, map[string]any{"sub": 4711}))
	if text.Chat != number.Chat {
		t.Error("the number 4711 and the text 4711 are two visitors")
	}
	large := admit(t, b, "", site(t, clock, map[string]any{"sub": json.Number("9007199254740993")}))
	if next := admit(t, b, "", site(t, clock, map[string]any{"sub": json.Number("9007199254740992")})); next.Chat == large.Chat {
		t.Error("two large numbers are one visitor")
	}
	long := strings.Repeat("é", 60) + " of the long name"
	if v := admit(t, b, "", site(t, clock, map[string]any{"name": long})); v.Name != strings.Repeat("é", 60)+" of…" {
		t.Errorf("a long name is shown as %q", v.Name)
	}
	for name, shown := range map[string]string{
		"Ada\nLove\u00adlace\x00": "Ada Lovelace",
		"\u202Eada":               "ada",
		"\x1b[1m" + strings.Repeat("x", 64) + "\x1b[m": strings.Repeat("x", 64),
		"\x1b[1m" + strings.Repeat("x", 99):            strings.Repeat("x", 63) + "…",
	} {
		if v := admit(t, b, "", site(t, clock, map[string]any{"name": name})); v.Name != shown {
			t.Errorf("%+q is shown as %q", name, v.Name)
		}
	}
	for what, claims := range map[string]map[string]any{
		"aud in a list":                     {"aud": []string{"shop", "parley"}},
		"exp with a fraction":               {"exp": float64(clock.Unix()) + 60.5},
		"exp a day ahead":                   {"exp": clock.Add(24 * time.Hour).Unix()},
		"exp a day ahead, by a fast clock":  {"exp": clock.Add(24*time.Hour + 20*time.Second).Unix()},
		"just expired, by a slow clock":     {"exp": clock.Add(-50 * time.Second).Unix()},
		"iat by a fast clock":               {"iat": clock.Add(50 * time.Second).Unix()},
		"nbf by a fast clock":               {"nbf": clock.Add(50 * time.Second).Unix()},
		"an issuer, where none is demanded": {"iss": "https://shop.example.org"},
	} {
		t.Run(what, func(t *testing.T) { admit(t, b, "", site(t, clock, claims)) })
	}
}

func TestATokenOfTheSiteThatIsNotForParleyIsRefusedWithTheCause(t *testing.T) {
	b, clock := signedDirectory(t)
	for what, c := range map[string]struct {
		claims map[string]any
		cause  string
	}{
		"no exp":             {map[string]any{"exp": nil}, `needs an "exp"`},
		"exp is null":        {map[string]any{"exp": json.RawMessage("null")}, `needs an "exp"`},
		"exp is text":        {map[string]any{"exp": "tomorrow"}, `"exp" of the site's token must be a number of seconds since 1970; it is "tomorrow"`},
		"exp in ms":          {map[string]any{"exp": clock.Add(time.Minute).UnixMilli()}, "number of seconds since 1970"},
		"exp is huge":        {map[string]any{"exp": json.Number("1e300")}, "number of seconds"},
		"two days":           {map[string]any{"exp": clock.Add(48 * time.Hour).Unix()}, "at most a day ahead"},
		"expired":            {map[string]any{"exp": clock.Add(-time.Minute).Unix()}, "has expired"},
		"exp in ms, named":   {map[string]any{"exp": clock.Add(time.Minute).UnixMilli()}, "divide them by 1000"},
		"not yet":            {map[string]any{"nbf": clock.Add(time.Hour).Unix()}, "not valid yet"},
		"nbf is text":        {map[string]any{"nbf": "x"}, `"nbf"`},
		"no aud":             {map[string]any{"aud": nil}, `needs "parley" as its "aud" (audience); it has none`},
		"a foreign aud":      {map[string]any{"aud": "billing"}, `it has "billing"`},
		"foreign auds":       {map[string]any{"aud": []string{"billing", "Parley"}}, `it has ["billing","Parley"]`},
		"aud is an object":   {map[string]any{"aud": map[string]any{"parley": true}}, `"aud"`},
		"no sub":             {map[string]any{"sub": nil}, `needs a "sub"`},
		"an empty sub":       {map[string]any{"sub": ""}, `has 0 characters`},
		"sub of 129":         {map[string]any{"sub": strings.Repeat("x", 129)}, "has 129 characters"},
		"sub is a fraction":  {map[string]any{"sub": 7.5}, "a string or a whole number; it is 7.5"},
		"sub is a power":     {map[string]any{"sub": json.Number("7e3")}, "a whole number"},
		"sub is a long list": {map[string]any{"sub": strings.Split(strings.Repeat("x", 99), "")}, "…"},
	} {
		t.Run(what, func(t *testing.T) { refusedWith(t, b, site(t, clock, c.claims), codes.BadToken, c.cause) })
	}
	for what, c := range map[string]struct {
		name  any
		cause string
	}{
		"a list":        {[]string{"Ada"}, `"name" of the site's token must be a text; it is ["Ada"]`},
		"nothing seen":  {"\u200B", "visible"},
		"control alone": {"\x00", "visible"},
	} {
		t.Run("a name: "+what, func(t *testing.T) {
			refusedWith(t, b, site(t, clock, map[string]any{"name": c.name}), codes.BadName, c.cause)
		})
	}
}

func TestOnlyTheIssuerThatIsSetMaySign(t *testing.T) {
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	b := directory(t, bustest.Conn(t), Options{Mode: Signed, TokenKey: siteKey, Issuer: "https://shop.example.org", Now: c.now})
	admit(t, b, "", site(t, c, map[string]any{"iss": "https://shop.example.org"}))
	for _, iss := range []any{nil, "https://other.example.org", 7} {
		refusedWith(t, b, site(t, c, map[string]any{"iss": iss}), codes.BadToken, "TOKEN_ISSUER")
	}
}

// refusedWith checks that the token is refused with a detail that names the cause, and
// that the visitor reads nothing of it.
func refusedWith(t *testing.T, b *Directory, token, code, cause string) {
	t.Helper()
	_, err := b.Admit(t.Context(), "Ada", token)
	var no *bus.Refusal
	if !errors.As(err, &no) || no.Code != code || !strings.Contains(no.Detail, cause) {
		t.Fatalf("got %#v; want %s with %q", err, code, cause)
	}
	if strings.ContainsAny(no.Message, "\"'()_") || strings.Contains(no.Message, "token") {
		t.Errorf("a visitor reads %q", no.Message)
	}
}

// Whatever a site's claims hold, they are refused with a sentence, or name a visitor
// within the bounds.
func FuzzSiteClaims(f *testing.F) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, s := range []string{
		`{"aud":"parley","sub":"u","name":"Ada","exp":1772366460}`, `{"aud":["parley"],"sub":7,"exp":1772366460.5}`,
		`{"sub":"\ud800"}`, `{"exp":1e999}`, `{"exp":"NaN"}`, `{"exp":NaN}`, `[]`, `null`, `{"aud":"parley","sub":-0,"exp":1772366460}`,
		`{"aud":"parley","sub":"u","name":"` + strings.Repeat("\u0301", 90) + `","exp":1772366460}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c siteClaims
		if json.Unmarshal(data, &c) != nil {
			return
		}
		who, err := c.check(now, "")
		if err != nil {
			var no *bus.Refusal
			if !errors.As(err, &no) || no.Message == "" || no.Detail == "" || !utf8.ValidString(no.Detail) || len(no.Detail) > 400 {
				t.Fatalf("%s: %v is no sentence", data, err)
			}
			return
		}
		if n := utf8.RuneCountInString(who.subject); n < 1 || n > maxSubject {
			t.Fatalf("%s: the subject %q", data, who.subject)
		}
		if shown, _, err := CleanName(who.name); err != nil || shown != who.name {
			t.Fatalf("%s: shown as %+q (%v)", data, who.name, err)
		}
		if exp, ok := moment(c.Expires); !ok || exp.After(now.Add(25*time.Hour)) {
			t.Fatalf("%s: valid until %v", data, exp)
		}
	})
}

func TestASessionLastsADay(t *testing.T) {
	b, clock := signedDirectory(t)
	ada := admit(t, b, "", site(t, clock, nil))
	clock.Time = clock.Add(23 * time.Hour)
	v := admit(t, b, "Mallory", ada.Token)
	if v.Chat != ada.Chat || v.Name != "Ada" || v.Token != ada.Token {
		t.Errorf("with the session's token: %+v, want %+v", v, ada)
	}
	clock.Time = clock.Add(2 * time.Hour)
	refused(t, b, "Ada", v.Token, codes.BadToken)
}

func TestTheGatewaysLogSaysWhySitesTokensAreRefusedOnceAMinute(t *testing.T) {
	var log bytes.Buffer
	c := &clock{time.Now()}
	b := directory(t, bustest.Conn(t), Options{Mode: Signed, TokenKey: siteKey, Now: c.now})
	b.log = zerolog.New(&log)
	for range 20 {
		refused(t, b, "Ada", site(t, c, map[string]any{"aud": "billing"}), codes.BadToken)
		refused(t, b, "Ada", "", codes.BadToken)
		refused(t, b, "Ada", forge(t, "HS256", []byte(strings.Repeat("nope", 8)), map[string]any{"aud": "parley"}, nil), codes.BadToken)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"level":"warn"`) || !strings.Contains(got, "billing") {
		t.Errorf("the log:\n%s", got)
	}
}

func TestTheSitesTokenIsReadStrictly(t *testing.T) {
	b, clock := signedDirectory(t)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	exp := clock.Add(time.Minute).Unix()
	good := map[string]any{"aud": "parley", "sub": "user-1", "name": "Ada", "exp": exp}
	claims := fmt.Sprintf(`{"aud":"parley","sub":"user-1","name":"Ada","exp":%d}`, exp)
	raw := func(header, claims string) string {
		enc := base64.RawURLEncoding
		token := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(claims))
		sig, err := jwt.SigningMethodHS256.Sign(token, siteKey)
		if err != nil {
			t.Fatal(err)
		}
		return token + "." + enc.EncodeToString(sig)
	}
	for what, token := range map[string]string{
		"none at all":          "",
		"a claim secret":       secretA,
		"alg none":             forge(t, "none", jwt.UnsafeAllowNoneSignatureType, good, nil),
		"alg None in capitals": raw(`{"alg":"nOnE"}`, claims),
		"RS256":                forge(t, "RS256", rsaKey, good, nil),
		"HS384":                forge(t, "HS384", siteKey, good, nil),
		"HS512":                forge(t, "HS512", siteKey, good, nil),
		"another key":          forge(t, "HS256", []byte(strings.Repeat("nope", 8)), good, nil),
		"the empty key":        forge(t, "HS256", []byte{}, good, nil),
		"sub is not text":      raw(`{"alg":"HS256"}`, strings.Replace(claims, "user-1", "user\xff", 1)),
		"crit":                 forge(t, "HS256", siteKey, good, map[string]any{"crit": []string{"b64"}, "b64": false}),
		"no object":            raw(`{"alg":"HS256"}`, `[]`),
		"no JSON":              raw(`{"alg":"HS256"}`, `sub=1`),
		"our own, site-signed": forge(t, "HS256", siteKey, map[string]any{"aud": audience, "chat": "aaaaaaaaaaaaaaaa"}, nil),
	} {
		t.Run(what, func(t *testing.T) { refused(t, b, "Ada", token, codes.BadToken) })
	}
	if v := admit(t, b, "", raw(`{"alg":"HS256"}`, claims)); v.Name != "Ada" {
		t.Errorf("a good token, made in this way: %+v", v)
	}
}

func TestModesDoNotOpenEachOthersChats(t *testing.T) {
	server := bustest.Start(t)
	claim := directory(t, server.Connect("claim"), Options{Mode: Claim, TokenKey: siteKey})
	signed := directory(t, server.Connect("signed"), Options{Mode: Signed, TokenKey: siteKey})
	claimed := admit(t, claim, "Ada", secretA)
	of := admit(t, signed, "", site(t, &clock{time.Now()}, map[string]any{"sub": "Ada"}))
	if of.Chat == claimed.Chat {
		t.Error("a subject opens the chat of the name that it reads like")
	}
	refused(t, signed, "Ada", claimed.Token, codes.BadToken)
	refused(t, claim, "Ada", of.Token, codes.BadToken)
}
