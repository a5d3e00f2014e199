package main

import (
	"syscall"
	_ "unsafe" // for linkname
)

// FlyteAdmin always listens on 0.0.0.0. This is the hook through which the net package calls listen(2); it needs the linker
// flag -checklinkname=0.
//
//go:linkname listenFunc net.listenFunc
var listenFunc func(fd, backlog int) error

func init() { listenFunc = listenOnLoopback }

// listenOnLoopback puts a socket bound to 127.0.0.1 in the place of one that is bound to all interfaces.
func listenOnLoopback(fd, backlog int) error {
	name, err := syscall.Getsockname(fd)
	if err != nil {
		return err
	}
	var port int
	switch name := name.(type) {
	case *syscall.SockaddrInet4:
		port = name.Port
	case *syscall.SockaddrInet6:
		port = name.Port
	default:
		return syscall.Listen(fd, backlog)
	}
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	if err := syscall.Dup3(socket, fd, syscall.O_CLOEXEC); err != nil {
		syscall.Close(socket)
		return err
	}
	syscall.Close(socket)
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	return syscall.Listen(fd, backlog)
}
