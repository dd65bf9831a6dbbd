/* The floor: an extension that does the protocol work of Lambda's APIs, and nothing else.

   It registers, listens, subscribes to telemetry, asks for events, answers each post with 200, and exits at SHUTDOWN.
   One thread, one kept connection to the API, no library but libc. */

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POSTS = 16, SIZE = 1 << 20 };

static struct sockaddr_in api;
static int kept = -1;
static char text[SIZE + 1], identifier[100];
static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

static int fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_all(int fd, const char *data, size_t size) {
    for (ssize_t n; size; data += n, size -= n)
        if ((n = send(fd, data, size, MSG_NOSIGNAL)) < 0) fail("send");
}

/* Receive a whole message into `text`; return its size, 0 if the peer has left. */
static size_t receive(int fd) {
    size_t size = 0, wanted = SIZE;
    while (size < wanted) {
        ssize_t n = recv(fd, text + size, SIZE - size, 0);
        if (n <= 0) return 0;
        text[size += n] = 0;
        char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\ncontent-length:");
        if (end) wanted = end + 4 - text + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
    }
    return size;
}

static void ask(const char *method, const char *path, const char *header, const char *value, const char *body) {
    char request[1024];
    if (kept < 0) {
        kept = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(kept, (struct sockaddr *)&api, sizeof api) < 0) fail("connect");
    }
    int size = snprintf(request, sizeof request,
                        "%s %s HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\n%s: %s\r\n"
                        "Content-Length: %zu\r\n\r\n%s", method, path, header, value, strlen(body), body);
    send_all(kept, request, size);
}

static void answer(void) {
    if (!receive(kept) || strncmp(text + 8, " 2", 2)) fail("refused");
    if (strcasestr(text, "\r\nconnection: close")) close(kept), kept = -1;
}

int main(int argc, char **argv) {
    const char *name = strrchr(argv[argc - 1], '/');
    char *address = strdup(getenv("AWS_LAMBDA_RUNTIME_API")), *colon = strchr(address, ':');
    *colon = 0;
    api = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
    inet_pton(AF_INET, address, &api.sin_addr);
    ask("POST", "/2020-01-01/extension/register", "Lambda-Extension-Name", name ? name + 1 : argv[0],
        "{\"events\":[\"INVOKE\",\"SHUTDOWN\"]}");
    answer();
    sscanf(strcasestr(text, "lambda-extension-identifier:"), "%*[^:]: %99[^\r]", identifier);

    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t length = sizeof own;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) < 0 || listen(listener, POSTS) < 0) fail("listen");
    getsockname(listener, (struct sockaddr *)&own, &length);
    char body[300];
    snprintf(body, sizeof body,
             "{\"schemaVersion\":\"2022-12-13\",\"types\":[\"platform\"],"
             "\"buffering\":{\"timeoutMs\":25,\"maxItems\":1000,\"maxBytes\":262144},"
             "\"destination\":{\"protocol\":\"HTTP\",\"URI\":\"http://sandbox.localdomain:%d\"}}", ntohs(own.sin_port));
    ask("PUT", "/2022-07-01/telemetry", "Lambda-Extension-Identifier", identifier, body);
    answer();

    struct pollfd fds[POSTS + 2] = {{.events = POLLIN}, {.fd = listener, .events = POLLIN}};
    int open = 2, asked = 0;
    for (;;) {
        if (!asked) ask("GET", "/2020-01-01/extension/event/next", "Lambda-Extension-Identifier", identifier, "");
        asked = 1;
        fds[0].fd = kept;
        if (poll(fds, open, -1) < 0) fail("poll");
        for (int i = open - 1; i > 1; i--) {
            if (!fds[i].revents) continue;
            if (receive(fds[i].fd)) send_all(fds[i].fd, ok, sizeof ok - 1);
            else close(fds[i].fd), fds[i] = fds[--open];
        }
        if (fds[1].revents && open < POSTS + 2)
            fds[open++] = (struct pollfd){.fd = accept(listener, NULL, NULL), .events = POLLIN};
        if (fds[0].revents) {
            answer();
            if (strstr(text, "SHUTDOWN")) return 0;
            asked = 0;
        }
    }
}
