import type { Catalog } from '../../index';

export const faults: Catalog['faults'] = {
  account_inactive: '该账号已停用。',
  already_a_member: '对方已在群组中。',
  blocked: '你们无法互发消息：其中一方已屏蔽对方。',
  chat_closed: '此聊天已关闭，无法再发送消息。',
  corrupt_media: '文件已损坏。',
  download_incomplete: '服务器上只有此文件的一部分。',
  email_taken: '该邮箱已被其他账号使用。',
  group_full: '群组已满。',
  internal: '服务器出错，请重试。',
  invalid_credentials: '用户名或密码错误。',
  media_too_complex: '文件过大或过于复杂。',
  message_deleted: '该消息已被删除。',
  not_a_member: '你不在此聊天中。',
  overloaded: '服务器繁忙，请稍后再试。',
  quota_exceeded: '你的文件空间已用完。',
  storage_full: '服务器空间已满。',
  too_many_uploads: '同时上传的文件过多，请等待部分完成。',
  tooFastFor: { other: '尝试次数过多，请在 {count} 分钟后重试。' },
  username_taken: '该用户名已被占用，请换一个。',
  wrong_password: '密码错误。',
};
