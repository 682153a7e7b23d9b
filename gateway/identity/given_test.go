package identity

import (
	"errors"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// Where the site says who its visitors are, none of them says otherwise.
func TestANameIsGivenWhereNobodyElseSaysIt(t *testing.T) {
	for _, c := range []struct {
		mode       Mode
		name, want string
		code       string
	}{
		{Claim, " Ada\n Lovelace ", "Ada Lovelace", ""},
		{Open, "Ada", "Ada", ""},
		{Claim, " ", "", codes.BadName},
		{Claim, "\u200b", "", codes.BadName},
		{Signed, "Ada", "", codes.NotAllowed},
	} {
		got, err := (&Directory{mode: c.mode}).GivenName(c.name)
		no, _ := errors.AsType[*bus.Refusal](err)
		if got != c.want || (no == nil) != (c.code == "") || no != nil && no.Code != c.code {
			t.Errorf("%s: %q is %q, %v", c.mode, c.name, got, err)
		}
	}
}
