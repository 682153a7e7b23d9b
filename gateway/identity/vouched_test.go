package identity

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// What the site's token vouches for goes with the hello that has it, and with no other; what
// does not fit refuses nobody.
func TestASiteVouchesForWhatItsTokenSays(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	d := directory(t, bustest.Conn(t), Options{Mode: Signed, TokenKey: key})
	token := func(more map[string]any) string {
		claims := map[string]any{"aud": "parley", "sub": "ada", "exp": time.Now().Add(time.Minute).Unix()}
		for k, v := range more {
			claims[k] = v
		}
		return forge(t, "HS256", key, claims, nil)
	}
	v := admit(t, d, "", token(map[string]any{"attributes": map[string]any{"plan": "pro", "seats": 12, "list": []int{1}, "x": strings.Repeat("x", 300)}, "email": "Ada@Example.com", "locale": "pt-BR"}))
	if v.Signed == nil || len(v.Signed.Set) != 3 || v.Signed.Set[0] != (chat.Attribute{Key: "plan", Value: "pro", By: chat.SignedBySite}) || v.Signed.Address == "" || v.Signed.Language != "pt-BR" {
		t.Errorf("%+v", v.Signed)
	}
	if again := admit(t, d, "", v.Token); again.Signed != nil {
		t.Errorf("Parley's own token says %+v", again.Signed)
	}
	for what, more := range map[string]map[string]any{"nothing": nil, "a list": {"attributes": []int{1}}, "no address": {"email": "me"}, "no language": {"locale": strings.Repeat("x", 99)}, "a number": {"email": 7}} {
		if v := admit(t, d, "", token(more)); v.Signed != nil {
			t.Errorf("%s: %+v", what, v.Signed)
		}
	}
	var c siteClaims
	c.Attributes = []byte(`{"plan":["secret"]}`)
	if _, wrong := c.vouched(); len(wrong) != 1 || !strings.Contains(wrong[0], `"plan"`) || strings.Contains(wrong[0], "secret") {
		t.Errorf("%q", wrong)
	}
}
