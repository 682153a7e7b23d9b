package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

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

func TestTheSiteVouchesForItsVisitors(t *testing.T) {
	b, clock := signedDirectory(t)
	exp := clock.Add(5 * time.Minute).Unix()
	ada := admit(t, b, "whatever", forge(t, "HS256", siteKey, map[string]any{"sub": "user-1", "name": "Ada", "exp": exp}, nil))
	if !ada.Fresh || ada.Name != "Ada" || ada.Token == "" {
		t.Errorf("first: %+v", ada)
	}
	// Another device, and another name by now: the same history.
	phone := admit(t, b, "", forge(t, "HS256", siteKey, map[string]any{"sub": "user-1", "name": "Ada L.", "exp": exp}, nil))
	if phone.Chat != ada.Chat || phone.Fresh || phone.Name != "Ada L." {
		t.Errorf("second device: %+v", phone)
	}
	// One name, two visitors: here the name proves nothing.
	other := admit(t, b, "", forge(t, "HS256", siteKey, map[string]any{"sub": "user-2", "name": "Ada", "exp": exp}, nil))
	if other.Chat == ada.Chat {
		t.Error("another subject was given Ada's chat")
	}
	// Subjects are compared exactly.
	if v := admit(t, b, "", forge(t, "HS256", siteKey, map[string]any{"sub": "USER-1", "name": "Ada"}, nil)); v.Chat == ada.Chat {
		t.Error("a subject in other letters was given Ada's chat")
	}
	named := admit(t, b, " Grace ", forge(t, "HS256", siteKey, map[string]any{"sub": "user-3"}, nil))
	if named.Name != "Grace" {
		t.Errorf("the name from the hello: %+v", named)
	}
}

func TestASessionLastsADay(t *testing.T) {
	b, clock := signedDirectory(t)
	ada := admit(t, b, "", forge(t, "HS256", siteKey, map[string]any{"sub": "user-1", "name": "Ada", "exp": clock.Add(time.Minute).Unix()}, nil))
	clock.Time = clock.Add(23 * time.Hour)
	v := admit(t, b, "Mallory", ada.Token)
	if v.Chat != ada.Chat || v.Name != "Ada" || v.Token != ada.Token {
		t.Errorf("with the session's token: %+v, want %+v", v, ada)
	}
	clock.Time = clock.Add(2 * time.Hour)
	refused(t, b, "Ada", v.Token, codes.BadToken)
}

func TestTheSitesTokenIsReadStrictly(t *testing.T) {
	b, clock := signedDirectory(t)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]any{"sub": "user-1", "name": "Ada"}
	with := func(k string, v any) map[string]any {
		m := map[string]any{"sub": "user-1", "name": "Ada"}
		m[k] = v
		return m
	}
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
		"alg None in capitals": raw(`{"alg":"nOnE"}`, `{"sub":"user-1","name":"Ada"}`),
		"RS256":                forge(t, "RS256", rsaKey, good, nil),
		"HS384":                forge(t, "HS384", siteKey, good, nil),
		"HS512":                forge(t, "HS512", siteKey, good, nil),
		"another key":          forge(t, "HS256", []byte(strings.Repeat("nope", 8)), good, nil),
		"the empty key":        forge(t, "HS256", []byte{}, good, nil),
		"expired":              forge(t, "HS256", siteKey, with("exp", clock.Add(-time.Minute).Unix()), nil),
		"not yet":              forge(t, "HS256", siteKey, with("nbf", clock.Add(time.Hour).Unix()), nil),
		"exp is text":          forge(t, "HS256", siteKey, with("exp", "tomorrow"), nil),
		"no sub":               forge(t, "HS256", siteKey, map[string]any{"name": "Ada"}, nil),
		"sub is a number":      forge(t, "HS256", siteKey, with("sub", 7), nil),
		"sub of 129":           forge(t, "HS256", siteKey, with("sub", strings.Repeat("x", 129)), nil),
		"sub is not text":      raw(`{"alg":"HS256"}`, "{\"sub\":\"user\xff\",\"name\":\"Ada\"}"),
		"name is a list":       forge(t, "HS256", siteKey, with("name", []string{"Ada"}), nil),
		"crit":                 forge(t, "HS256", siteKey, good, map[string]any{"crit": []string{"b64"}, "b64": false}),
		"no object":            raw(`{"alg":"HS256"}`, `[]`),
		"no JSON":              raw(`{"alg":"HS256"}`, `sub=1`),
		"our own, site-signed": forge(t, "HS256", siteKey, map[string]any{"aud": audience, "chat": "aaaaaaaaaaaaaaaa"}, nil),
	} {
		t.Run(what, func(t *testing.T) { refused(t, b, "Ada", token, codes.BadToken) })
	}
	refused(t, b, "", forge(t, "HS256", siteKey, map[string]any{"sub": "user-1"}, nil), codes.BadName)
	refused(t, b, "Ada", forge(t, "HS256", siteKey, with("name", "\u202Eada"), nil), codes.BadName)
}

func TestModesDoNotOpenEachOthersChats(t *testing.T) {
	server := bustest.Start(t)
	claim := directory(t, server.Connect("claim"), Options{Mode: Claim, TokenKey: siteKey})
	signed := directory(t, server.Connect("signed"), Options{Mode: Signed, TokenKey: siteKey})
	claimed := admit(t, claim, "Ada", secretA)
	site := admit(t, signed, "", forge(t, "HS256", siteKey, map[string]any{"sub": "Ada", "name": "Ada"}, nil))
	if site.Chat == claimed.Chat {
		t.Error("a subject opens the chat of the name that it reads like")
	}
	refused(t, signed, "Ada", claimed.Token, codes.BadToken)
	refused(t, claim, "Ada", site.Token, codes.NameTaken)
}

func TestNoSecretIsStored(t *testing.T) {
	b := directory(t, bustest.Conn(t), Options{Mode: Claim})
	ada := admit(t, b, "Ada", secretA)
	_, key, _ := CleanName("Ada")
	rec, _, err := b.visitors.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(rec)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{strings.TrimPrefix(secretA, "claim:"), ada.Token} {
		if strings.Contains(string(stored), secret) {
			t.Errorf("%s holds a secret", stored)
		}
	}
	if _, err := b.readOwn(secretA); errors.Is(err, bus.ErrUnavailable) || err == nil {
		t.Errorf("a claim is no token: %v", err)
	}
}
