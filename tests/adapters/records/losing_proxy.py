"""A way to PostgreSQL that loses the connection over a commit, before or after the server was told."""

from __future__ import annotations

import selectors
import socket
import threading


class LosingProxy:
    """A socket at `folder` like the server's at `behind`; one thread carries every connection's bytes."""

    def __init__(self, behind, folder):
        self.behind, self.lost = behind, False
        self._armed, self._reaches, self._close = False, False, False
        self._ways, self._ready = {}, selectors.DefaultSelector()
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(f"{folder}/.s.PGSQL.5432")
        self._door.listen()
        self._ready.register(self._door, selectors.EVENT_READ)
        self._end, self._ended = socket.socketpair()
        self._ready.register(self._ended, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._carry)

    def lose_next_commit(self, *, reaches_server, and_close=False):
        """The next COMMIT is not answered; `and_close`: nor is anything said afterwards."""
        self._armed, self._reaches, self._close = True, reaches_server, and_close

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.close()
        self._thread.join()
        for each in (*self._ways, self._door, self._ended):
            each.close()
        self._ready.close()

    def _carry(self):
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is self._ended:
                    return
                if key.fileobj is self._door:
                    self._let_in()
                elif key.fileobj in self._ways:
                    self._pass_on(key.fileobj)

    def _let_in(self):
        client, _ = self._door.accept()
        if self.lost and self._close:
            client.close()
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self.behind}/.s.PGSQL.5432")
        for one, other in ((client, server), (server, client)):
            self._ways[one] = other
            self._ready.register(one, selectors.EVENT_READ)

    def _pass_on(self, one):
        other = self._ways[one]
        data = one.recv(65_536)
        if self._armed and b"COMMIT" in data:
            self._armed, self.lost = False, True
            if self._reaches:
                other.sendall(data)
                other.recv(65_536)  # the server has answered, and nobody hears it
            data = b""
        if data:
            other.sendall(data)
            return
        for each in [*self._ways] if self.lost and self._close else (one, other):
            self._ready.unregister(each)
            del self._ways[each]
            each.close()
