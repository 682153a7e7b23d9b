package admission

import (
	"net/netip"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// How many files are sent, and read, at once. An upload may come over a slow line, so it
// holds its seat for minutes, and with it some hundred KiB of memory.
const (
	maxUploads        = 96
	addressUploads    = maxUploads / 4
	maxDownloads      = 128
	addressDownloads  = maxDownloads / 4
	minDownload       = 20_000 // bytes that a read of a file costs at least
	fileReadsMultiple = 4      // of READ_PER_ADDRESS: a picture weighs more than a page of text
	retryTransfer     = 2 * time.Second
)

// fileRequests is how many requests about files one address may make a second: a page asks for
// those of a whole screen at once.
const fileRequests = 100

// FileRequestsOfAddress is the rate of package files, which counts it.
var FileRequestsOfAddress = limit.Rate{Every: time.Second / fileRequests, Burst: 4 * fileRequests}

// What people read when no more files can be sent or read now.
const (
	uploadsAddressFull   = "Many files are on their way from your network. This one goes out in a moment."
	uploadsFull          = "Many files are on their way right now. This one goes out in a moment."
	downloadsAddressFull = "Your network is loading many files. This one comes in a moment."
	downloadsFull        = "Many files are being loaded right now. This one comes in a moment."

	chatFiles    = "Too much was sent as files in this chat this hour. You can send the next one %s."
	addressFiles = "Too much was sent as files from your network this hour. You can send the next one %s."
	accountFiles = "You have sent too much as files this hour. You can send the next one %s."
	filesRead    = "Too many files were loaded from here in the last minute. You can continue %s."
)

// transfers are the seats of files on their way.
type transfers struct{ uploads, downloads *limit.Seats }

func newTransfers() transfers {
	return transfers{limit.NewSeats(maxUploads, addressUploads), limit.NewSeats(maxDownloads, addressDownloads)}
}

// Upload admits a file of at most size bytes that is sent to a chat: by its visitor, or, if
// account is not empty, by that agent, whom it is counted to. done is called at its end, with how
// many bytes of it were stored.
func (a *Admission) Upload(addr netip.Addr, account string, id chat.ID, size int64) (done func(stored int64), err error) {
	if err := a.Room(); err != nil {
		return nil, err
	}
	leave, err := a.seat(a.transfers.uploads, addr, uploadsAddressFull, uploadsFull)
	if err != nil {
		return nil, err
	}
	giveBack, err := a.budgets.takeFile(addr, account, id, size)
	if err != nil {
		leave()
		return nil, err
	}
	return func(stored int64) {
		leave()
		giveBack(size - stored)
	}, nil
}

// Download admits that a file is read; done is called at its end, with how many bytes were.
func (a *Admission) Download(addr netip.Addr, account string) (done func(read int64), err error) {
	open, charge := a.budgets.readFile(addr, account)
	if err := open(); err != nil {
		return nil, err
	}
	leave, err := a.seat(a.transfers.downloads, addr, downloadsAddressFull, downloadsFull)
	if err != nil {
		return nil, err
	}
	return func(read int64) {
		leave()
		charge(max(read, minDownload))
	}, nil
}

func (a *Admission) seat(seats *limit.Seats, addr netip.Addr, addressFull, full string) (leave func(), err error) {
	seat, why := seats.Take(addr)
	switch why {
	case limit.AddressFull:
		return nil, overloadedFor(shedAddress, codes.RateLimited, addressFull)
	case limit.AllFull:
		return nil, overloadedFor(shedBusy, codes.Unavailable, full)
	}
	return seat.Leave, nil
}

func overloadedFor(reason, code, sentence string) *frame.Refusal {
	r := frame.Refuse(code, sentence)
	r.Shed, r.Retry = reason, spread(retryTransfer)
	return r
}

// takeFile takes the bytes of a file from the budgets of whoever sends it: from all, or from none
// with a refusal.
func (b *budgets) takeFile(addr netip.Addr, user string, id chat.ID, size int64) (giveBack func(unused int64), err error) {
	cost := limit.Cost{fileBytes: float64(size)}
	if user != "" {
		if no := b.accounts.Take(account(user), cost); !no.OK {
			return nil, b.refuse(b.ofAccount[no.Bound], no.Wait)
		}
		return func(unused int64) { b.accounts.Return(account(user), limit.Cost{fileBytes: float64(unused)}) }, nil
	}
	at := limit.AddressLevels(addr)
	if err := b.take(at, id, cost); err != nil {
		return nil, err
	}
	return func(unused int64) { b.giveBack(at, id, limit.Cost{fileBytes: float64(unused)}) }, nil
}

// readFile returns what asks whether a file may be read now, and what charges it.
func (b *budgets) readFile(addr netip.Addr, user string) (open func() error, charge func(read int64)) {
	if user != "" {
		who := account(user)
		return func() error {
			if no := b.accounts.Open(who, int(fileReads)); !no.OK {
				return b.refuse(b.ofAccount[no.Bound], no.Wait)
			}
			return nil
		}, func(read int64) { b.accounts.Charge(who, limit.Cost{fileReads: float64(read)}) }
	}
	at := limit.AddressLevels(addr)
	return func() error {
		if no := b.addresses.Open(at, int(fileReads)); !no.OK {
			return b.refuseAddress(at, no)
		}
		return nil
	}, func(read int64) { b.addresses.Charge(at, limit.Cost{fileReads: float64(read)}) }
}
