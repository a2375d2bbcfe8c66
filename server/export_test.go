package server

import (
	"context"
	"net"
	"net/netip"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"clearday/server/blob"
	"clearday/server/config"
)

// Routes gives method and path of every row of the table, for tests that walk it.
func Routes() [][2]string {
	var list [][2]string
	for _, r := range (&Server{}).table() {
		list = append(list, [2]string{r.method, r.path})
	}
	return list
}

// Guarded gives the rows that not everybody may use.
func Guarded() [][2]string {
	var list [][2]string
	for _, r := range (&Server{}).table() {
		if r.may != "anyone" {
			list = append(list, [2]string{r.method, r.path})
		}
	}
	return list
}

// CleanFileName, ByteRange and SamePath are opened for tests.
var (
	CleanFileName = cleanFileName
	ByteRange     = byteRange
	SamePath      = samePath
)

// Address gives the asker's address of a request that comes from remote with X-Forwarded-For lines.
func Address(remote string, trusted []netip.Prefix, forwarded ...string) string {
	c := newCall(remote)
	c.s = &Server{Parts: Parts{Config: config.Config{TrustedProxies: trusted}}}
	for _, line := range forwarded {
		c.Request().Header.Add(fiber.HeaderXForwardedFor, line)
	}
	return c.address().String()
}

func newCall(remote string) *call {
	addr, _ := net.ResolveTCPAddr("tcp", remote)
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, addr, nil)
	return &call{Ctx: fiber.New().AcquireCtx(&ctx), ctx: context.Background()}
}

// ReadUpload reads a form with a file as a request of this content type and body brings it.
func ReadUpload(files *blob.Dir, kind string, body []byte) (name string, fields map[string]string, file *blob.Staged, err error) {
	c := newCall("127.0.0.1:1")
	c.s = &Server{Parts: Parts{Files: files}}
	c.Request().Header.SetContentType(kind)
	c.Request().SetBody(body)
	u, err := c.readUpload()
	c.uploadField("csrf")
	return u.name, u.fields, u.file, err
}

// Rolling is the connection that moves its write deadline with every piece.
func Rolling(c net.Conn) net.Conn { return &rollingConn{Conn: c} }

// SendPiece and SendTimeout are its measures.
const (
	SendPiece   = sendPiece
	SendTimeout = sendTimeout
)
