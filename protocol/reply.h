// The duty to answer one request, as an object: it answers exactly once. A second answer is dropped; an object that is
// destroyed unanswered (its handler forgot or threw) answers InternalError. Move-only. It may outlive the dispatcher
// and then stays silent. Use it on the dispatcher's strand only: a worker posts its result there. The CancelFlag alone
// may be read on any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "protocol/message.h"

namespace awaitd::protocol {

class CancelFlag {
 public:
  bool set() const { return flag_ && flag_->load(std::memory_order_relaxed); }
  void raise() { flag_->store(true, std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_ = std::make_shared<std::atomic<bool>>(false);
};

namespace detail {
struct Channel;  // what the dispatcher and its replies share
}

class ReplyOnce {
 public:
  ReplyOnce(std::weak_ptr<detail::Channel> channel, RequestId id, std::string method, CancelFlag cancel);
  ReplyOnce(ReplyOnce&& other) noexcept;
  ReplyOnce& operator=(ReplyOnce&&) = delete;
  ReplyOnce(const ReplyOnce&) = delete;
  ~ReplyOnce();

  template <class T>
  void result(const T& value) {
    result_json(to_json_text(value));
  }
  void result_json(std::string_view json);
  void error(ErrorCode code, std::string message);
  void error(const ResponseError& error);

  // Where the client has cancelled: answers RequestCancelled and is true. Look before and between pieces of work.
  bool answered_as_cancelled();
  bool answered() const { return answered_; }
  const CancelFlag& cancel_flag() const { return cancel_; }
  const RequestId& id() const { return id_; }
  const std::string& method() const { return method_; }

 private:
  bool claim(std::string_view what);  // true for the first answer only

  std::weak_ptr<detail::Channel> channel_;
  RequestId id_;
  std::string method_;
  CancelFlag cancel_;
  bool answered_ = false;
};

}  // namespace awaitd::protocol
