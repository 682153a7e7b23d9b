package identity

import (
	"encoding/json"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
)

// vouched reads what a site vouches for in its token: the claims "attributes" (an object),
// "email" and "locale". Nobody is refused for them: what does not fit is cut or left out, and
// wrong says so in sentences for the site's developer, without any value.
func (c siteClaims) vouched() (edit chat.CardEdit, wrong []string) {
	var given map[string]json.RawMessage
	switch {
	case absent(c.Attributes):
	case json.Unmarshal(c.Attributes, &given) != nil:
		wrong = append(wrong, `The "attributes" of the site's token must be an object.`)
	default:
		edit.Set, wrong = chat.FitAttributes(given)
	}
	for i := range edit.Set {
		edit.Set[i].By = chat.SignedBySite
	}
	if address, ok := text(c.Email); ok && address != "" {
		clean, err := chat.CleanEmail(address)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("The \"email\" of the site's token is left out. %s", err))
		}
		edit.Address = clean
	}
	if tag, ok := text(c.Locale); ok && tag != "" {
		if one, err := (chat.CardEdit{Language: tag}).Clean(); err != nil || one.Language == "-" {
			wrong = append(wrong, `The "locale" of the site's token is left out: it is no language, such as "pt-BR".`)
		} else {
			edit.Language = one.Language
		}
	}
	return edit, wrong
}

// vouchedFor is vouched for a visitor who is admitted; nil: it is nothing.
func (d *Directory) vouchedFor(c siteClaims) *chat.CardEdit {
	edit, wrong := c.vouched()
	if len(wrong) > 0 {
		d.refused.Line("what a site's token vouches for", d.log.Warn()).Strs("wrong", wrong).
			Msg("a site's token has attributes that don't fit (at most one is logged per minute)")
	}
	if len(edit.Set) == 0 && edit.Address == "" && edit.Language == "" {
		return nil
	}
	return &edit
}
