import type { Catalog } from '../../index';

export const auth: Catalog['auth'] = {
  welcome: '欢迎使用 Confab',
  signIn: '登录',
  register: '创建账号',
  username: '用户名',
  usernameOrEmail: '用户名或邮箱',
  email: '邮箱',
  password: '密码',
  fullName: '姓名（可选）',
  showPassword: '显示密码',
  newHere: '新用户？',
  haveAccount: '已有账号？',
  signedOut: '登录已失效，请重新登录。',
  sessionEnded:
    '你已被登出。此会话已在另一台设备上或由管理员结束。Confab 保存在此浏览器中的内容已被清除，尚未发送的消息也已丢失。',
  usernameHint: '3 到 32 个字母、数字、下划线或点。别人通过它找到你。',
  usernameRule: '用户名由 3 到 32 个字母（a–z）、数字、下划线或点组成，首尾不能是点。',
  emailHint: '用于登录，其他人看不到。',
  emailRule: '请输入邮箱地址，例如 name@example.org。',
  passwordHint: '至少 8 个字符。',
  passwordRule: '密码为 8 到 128 个字符。',
  whichUser: '请输入用户名或邮箱。',
  whichPassword: '请输入密码。',
};
