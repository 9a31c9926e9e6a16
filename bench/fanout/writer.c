/*
 * The control row in C: answers every connection's request with a 101, and then, for each line "windows everyMs bytes" on its
 * input, writes so many bytes to every socket, so often. Prints its port first, then "writes cpuMs" for each line.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { sockets_max = 20000, bytes_max = 1 << 20 };
static int sockets[sockets_max];
static int sockets_open = 0;
static char frame[bytes_max];

static double cpu_ms(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static void run(long windows, long every_ms, long bytes) {
  double before = cpu_ms();
  long writes = 0;
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (long window = 0; window < windows; window++) {
    next.tv_nsec += every_ms * 1000000;
    while (next.tv_nsec >= 1000000000) next.tv_nsec -= 1000000000, next.tv_sec += 1;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    for (int i = 0; i < sockets_open; i++) {
      long written = 0;
      while (written < bytes) {
        ssize_t n = write(sockets[i], frame + written, bytes - written);
        if (n <= 0) exit(1);
        written += n;
      }
      writes++;
    }
  }
  printf("%ld %.3f\n", writes, cpu_ms() - before);
  fflush(stdout);
}

static void take_in(int listener) {
  static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  char request[4096];
  int socket = accept(listener, NULL, NULL);
  if (socket < 0 || sockets_open == sockets_max) exit(1);
  if (read(socket, request, sizeof request) <= 0 || write(socket, answer, sizeof answer - 1) <= 0) exit(1);
  sockets[sockets_open++] = socket;
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &length);
  memset(frame, 'x', sizeof frame);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct pollfd waited[2] = {{.fd = listener, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  while (poll(waited, 2, -1) > 0) {
    if (waited[0].revents & POLLIN) take_in(listener);
    if (!waited[1].revents) continue;
    char line[256];
    ssize_t n = read(0, line, sizeof line - 1);
    if (n <= 0) return 0;
    line[n] = 0;
    long windows, every_ms, bytes;
    if (sscanf(line, "%ld %ld %ld", &windows, &every_ms, &bytes) == 3 && bytes <= bytes_max) run(windows, every_ms, bytes);
  }
  return 0;
}
