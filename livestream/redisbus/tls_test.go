package redisbus

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearday/livestream/bustest"
	"clearday/livestream/redisbus/redistest"
)

// With rediss:// the connection is encrypted and the server must be known: one that is not is a lost Redis.
func TestTLS(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close() // the server takes the port
	cert, key := certificate(t)
	server := redistest.New(t, "--tls-port", addr[strings.LastIndex(addr, ":")+1:], "--tls-auth-clients", "no",
		"--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert)
	server.Start()
	stranger := newBus(t, "rediss://"+addr, "site")
	p := bustest.Start(t, stranger)
	bustest.Connect(t, bustest.Start(t, newBus(t, "rediss://"+addr+"?skip_verify=true", "site")))
	lost(t, p, true)
	if why := stranger.why(); why == nil || !strings.Contains(why.Error(), "certificate") {
		t.Errorf("it is lost because of: %v", why)
	}
}

// certificate makes one that nobody knows.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
