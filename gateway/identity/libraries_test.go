package identity

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

// signedAs makes a token of the very text of a header and of claims, as a library writes it.
func signedAs(t *testing.T, enc *base64.Encoding, header, claims string) string {
	t.Helper()
	token := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(claims))
	sig, err := jwt.SigningMethodHS256.Sign(token, siteKey)
	if err != nil {
		t.Fatal(err)
	}
	return token + "." + enc.EncodeToString(sig)
}

// What the usual libraries write is taken, or refused with what to change there.
func TestTokensOfTheUsualLibrariesAreTakenOrTheCauseIsNamed(t *testing.T) {
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	b := directory(t, bustest.Conn(t), Options{Mode: Signed, TokenKey: siteKey, Now: c.now})
	now := c.Unix()
	for _, r := range []struct{ library, header, claims, name, refused string }{
		{"PHP firebase/jwt", `{"typ":"JWT","alg":"HS256"}`, `{"iss":"https:\/\/shop.example.org","aud":"parley","iat":%d,"exp":%d,"sub":4711,"name":"Zo\u00eb"}`, "Zoë", ""},
		{"PHP firebase/jwt with a key id", `{"typ":"JWT","alg":"HS256","kid":"2026"}`, `{"aud":"parley","iat":%d,"exp":%d,"sub":"4711","name":"Zoë"}`, "Zoë", ""},
		{"PHP lcobucci/jwt", `{"typ":"JWT","alg":"HS256"}`, `{"aud":["parley"],"iat":%d.123456,"nbf":1772366400.123456,"exp":%d.123456,"sub":"4711","name":"Zoë"}`, "Zoë", ""},
		{"PyJWT", `{"alg":"HS256","typ":"JWT"}`, `{"aud": "parley", "iat": %d, "exp": %d, "sub": "4711", "name": "Zo\u00eb"}`, "Zoë", ""},
		{"python-jose, time.time()", `{"alg":"HS256","typ":"JWT"}`, `{"aud": "parley", "iat": %d.482911, "exp": %d.482911, "sub": "4711", "name": "Zoë"}`, "Zoë", ""},
		{"node jsonwebtoken", `{"alg":"HS256","typ":"JWT"}`, `{"sub":"4711","name":"Zoë","email":"zoe@example.org","iat":%d,"exp":%d,"aud":"parley"}`, "Zoë", ""},
		{"node jose", `{"alg":"HS256"}`, `{"sub":"4711","name":"Zoë","iat":%d,"exp":%d,"aud":"parley"}`, "Zoë", ""},
		{"Ruby jwt", `{"alg":"HS256"}`, `{"aud":"parley","iat":%d,"exp":%d,"sub":4711,"name":"Zoë"}`, "Zoë", ""},
		{".NET, with Sub and Name", `{"alg":"HS256","typ":"JWT"}`, `{"sub":"4711","name":"Zoë","nbf":1772366400,"iat":%d,"exp":%d,"aud":"parley"}`, "Zoë", ""},
		{".NET, with ClaimTypes.NameIdentifier", `{"alg":"HS256","typ":"JWT"}`, `{"nameid":"4711","unique_name":"Zoë","iat":%d,"exp":%d,"aud":"parley"}`, "", `needs a "sub"`},
		{".NET, names of claims as addresses", `{"alg":"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256","typ":"JWT"}`, `{"sub":"4711","iat":%d,"exp":%d,"aud":"parley"}`, "", "Sign it with HS256"},
		{"Java jjwt", `{"alg":"HS256"}`, `{"sub":"4711","name":"Zoë","aud":["parley"],"iat":%d,"exp":%d}`, "Zoë", ""},
		{"Go golang-jwt", `{"alg":"HS256","typ":"JWT"}`, `{"aud":["parley"],"iat":%d,"exp":%d,"name":"Zoë","sub":"4711"}`, "Zoë", ""},
		{"Lua, numbers as powers", `{"typ":"JWT","alg":"HS256"}`, `{"aud":"parley","iat":%d,"exp":1.7723667e9,"sub":"4711","name":"Zoë","x":%d}`, "Zoë", ""},
		{"no name", `{"alg":"HS256"}`, `{"sub":4711,"iat":%d,"exp":%d,"aud":"parley"}`, "Visitor", ""},
		{"a name with a tab and a line break", `{"alg":"HS256"}`, `{"sub":4711,"name":"Zoë\tvan\r\nDam","iat":%d,"exp":%d,"aud":"parley"}`, "Zoë van Dam", ""},
		{"no exp, as most libraries do by themselves", `{"alg":"HS256"}`, `{"sub":4711,"iat":%d,"x":%d,"aud":"parley"}`, "", `needs an "exp"`},
		{"no aud", `{"alg":"HS256"}`, `{"sub":4711,"iat":%d,"exp":%d}`, "", `needs "parley" as its "aud"`},
		{"sub is true", `{"alg":"HS256"}`, `{"sub":true,"iat":%d,"exp":%d,"aud":"parley"}`, "", "a string or a whole number; it is true"},
	} {
		for what, enc := range map[string]*base64.Encoding{"": base64.RawURLEncoding, ", with padding": base64.URLEncoding} {
			token := signedAs(t, enc, r.header, fmt.Sprintf(r.claims, now, now+300))
			if r.refused != "" {
				refusedWith(t, b, token, codes.BadToken, r.refused)
				continue
			}
			if v := admit(t, b, "", token); v.Name != r.name {
				t.Errorf("%s%s: shown as %q", r.library, what, v.Name)
			}
		}
	}
	chat := admit(t, b, "", signedAs(t, base64.RawURLEncoding, `{"alg":"HS256"}`, fmt.Sprintf(`{"sub":4711,"exp":%d,"aud":"parley"}`, now+300))).Chat
	for _, around := range []string{" %s ", "%s\n", `"%s"`, "Bearer %s", "bearer  %s"} {
		token := fmt.Sprintf(around, signedAs(t, base64.RawURLEncoding, `{"alg":"HS256"}`, fmt.Sprintf(`{"sub":"4711","exp":%d,"aud":"parley"}`, now+300)))
		if v := admit(t, b, "", token); v.Chat != chat {
			t.Errorf("written as %q it is another visitor's", around)
		}
	}
}

// The developer reads what is wrong with a token that can't be read, and neither the log
// nor the page holds any of it.
func TestATokenThatCanNotBeReadIsRefusedWithTheCause(t *testing.T) {
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	b := directory(t, bustest.Conn(t), Options{Mode: Signed, TokenKey: siteKey, Now: c.now})
	claims := map[string]any{"aud": "parley", "sub": "secret-subject", "name": "Secret", "exp": c.Add(time.Minute).Unix()}
	good := forge(t, "HS256", siteKey, claims, nil)
	part := base64.RawURLEncoding.EncodeToString
	for what, r := range map[string]struct{ token, cause string }{
		"alg none":       {forge(t, "none", jwt.UnsafeAllowNoneSignatureType, claims, nil), `its "alg" is none`},
		"alg nOnE":       {part([]byte(`{"alg":"nOnE"}`)) + good[strings.Index(good, "."):], `its "alg" is none`},
		"RS256":          {part([]byte(`{"alg":"RS256"}`)) + good[strings.Index(good, "."):], `has the "alg" "RS256". Sign it with HS256`},
		"HS512":          {forge(t, "HS512", siteKey, claims, nil), `has the "alg" "HS512"`},
		"no alg":         {part([]byte(`{}`)) + good[strings.Index(good, "."):], `has the "alg" none`},
		"a long alg":     {part([]byte(`{"alg":"`+strings.Repeat("x", 3000)+`"}`)) + good[strings.Index(good, "."):], "…"},
		"another key":    {forge(t, "HS256", []byte(strings.Repeat("nope", 8)), claims, nil), "not decoded from hex or base64"},
		"crit":           {forge(t, "HS256", siteKey, claims, map[string]any{"crit": []string{"b64"}}), `has "crit"`},
		"encrypted":      {"a.b.c.d.e", "encrypted"},
		"no dots":        {"token", "1 parts"},
		"half of it":     {good[:strings.LastIndex(good, ".")], "2 parts"},
		"base64":         {"a+b/." + good, "not three"},
		"plain base64":   {strings.Replace(good, "e", "+", 1), "base64url"},
		"no JSON":        {part([]byte("hello")) + good[strings.Index(good, "."):], "its first part"},
		"claims no JSON": {signedAs(t, base64.RawURLEncoding, `{"alg":"HS256"}`, "sub=secret-subject"), "its claims are not"},
		"too long":       {forge(t, "HS256", siteKey, map[string]any{"aud": "parley", "sub": "u", "bio": strings.Repeat("x", maxToken), "exp": c.Add(time.Minute).Unix()}, nil), "at most 8192"},
	} {
		t.Run(what, func(t *testing.T) {
			refusedWith(t, b, r.token, codes.BadToken, r.cause)
			_, err := b.Admit(t.Context(), "", r.token)
			var no *bus.Refusal
			if errors.As(err, &no) && (len(no.Detail) > 400 || strings.Contains(strings.ToLower(no.Detail), "secret")) {
				t.Errorf("the detail says %q", no.Detail)
			}
		})
	}
}

func TestALongNameIsCutBetweenCharacters(t *testing.T) {
	fill := strings.Repeat("x", 60)
	for name, want := range map[string]string{
		fill + "abcdefgh":                           fill + "abc…",
		fill + "abe\u0316\u0317fgh":                 fill + "ab…", // a letter and its marks
		fill + "a👨‍👩‍👧‍👦 family":                    fill + "a…",  // parts joined to one emoji
		fill + "ab👍🏽 thumb":                         fill + "ab…", // an emoji and its tone
		fill + "🇩🇪🇫🇷🇮🇹":                             fill + "🇩🇪…", // flags are pairs
		strings.Repeat("a\u0316", 40) + " and more": strings.Repeat("a\u0316", 31) + "…",
	} {
		raw, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := siteClaims{Name: raw}.name()
		if err != nil || got != want {
			t.Errorf("%+q is cut to %+q, %v; want %+q", name, got, err, want)
		}
	}
}
