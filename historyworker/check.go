package historyworker

import (
	"fmt"
	"strings"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// maxPage is how many events a page may have.
const maxPage = 200

func checkPage(req roles.PageRequest) error {
	if err := checkChat(req.Chat); err != nil {
		return err
	}
	return checkLimit(req.Limit, maxPage)
}

func checkFind(req roles.FindRequest) error {
	if err := checkChat(req.Chat); err != nil {
		return err
	}
	id := req.ID
	if req.By != "" {
		id = strings.TrimSuffix(id, roles.AlongSuffix)
	}
	return refuse(chat.CheckClientID(id))
}

func checkChat(id chat.ID) error {
	_, err := chat.ParseID(string(id))
	return refuse(err)
}

func checkLimit(limit, maxLimit int) error {
	if limit < 1 || limit > maxLimit {
		return refuse(fmt.Errorf("the limit is %d and must be 1 to %d", limit, maxLimit))
	}
	return nil
}

// refuse turns an error about the request into a refusal.
func refuse(err error) error {
	if err == nil {
		return nil
	}
	return &bus.Refusal{Code: codes.BadRequest, Message: err.Error()}
}
